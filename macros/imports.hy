"`import-from`, and `import` with `:from`: packages in the clauses of Hy's own `import`."

(import
  builtins
  hy.models [Keyword String]
  hy.scoping [ScopeGlobal]
  polyhy.clauses [Reader])

(defmacro import-from [_hy-compiler #* _]
  #[[Import packages of an ecosystem, or files of the project's own. ::

      (import-from "npm"
        lodash :as _
        "date-fns" [format :as fmt addDays]
        "@scope/pkg@^2"
        "lodash/fp" *)
      (import-from "lua" "./transform.lua")

  The clauses are those of `import`. A name with other characters, or with versions, is a string;
  without `:as` it binds its last part: `fp`, `pkg`, `date-fns`. ]]
  (setv reader (read-this _hy-compiler))
  (expand _hy-compiler reader (.import-from reader)))

(defn expand [compiler reader clauses]
  "Write the calls that a person would."
  `(do
     (import polyhy :as _polyhy)
     ~@(gfor  clause clauses  (bind compiler reader clause))))

;; what is no name in Python
(setv RENAMED {:in :runtime  :with :types})

(defn bind [compiler reader clause]
  (defn call [#* members]
    `(_polyhy.import-from ~clause.ecosystem ~clause.text ~@members
       ~@(gfor  option clause.options  form option  (.get RENAMED form form))))
  (cond
    clause.members
      `(setv
         #(~@(gfor  [_ alias] clause.members  alias))
         ~(call `[~@(gfor  [member _] clause.members  member)]))
    (is clause.star None)
      `(setv ~clause.target ~(call))
    (isinstance compiler.scope ScopeGlobal)
      `(.update (globals) ~(call "*"))
    True
      (reader.fail clause.star "* is for the top of a file; name the members here")))

(defn import-also-from [_hy-compiler #* forms]
  "Hy's own `import`, which in files that required polyhy also takes `:from`."
  (when (and (any (gfor  form forms  (isinstance form #(String Keyword))))
             (speaks-polyhy _hy-compiler))
    (setv reader (read-this _hy-compiler))
    (setv [plain ours] (.import- reader))
    (when ours
      (return
        `(do
           ~@(if plain [`(import ~@plain)] [])
           ~(expand _hy-compiler reader ours)))))
  (core-import _hy-compiler #* forms))

(defn read-this [compiler]
  (Reader compiler.this compiler.filename compiler.source))

(defn speaks-polyhy [compiler]
  "True where polyhy's macros were required, in this file or in an enclosing scope."
  (setv tables [compiler.module._hy-macros])
  (.extend tables (gfor  state compiler.local-state-stack  (get state "macros")))
  (any (gfor  table tables  macro (.values table)  (= macro.__module__ __name__))))

(setv core-import (get builtins._hy-macros "import"))
(when (!= core-import.__module__ __name__)
  (setv (get builtins._hy-macros "import") import-also-from))
