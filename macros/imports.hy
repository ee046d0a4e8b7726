"`import-from`, and `import` with `:from`: packages in the clauses of Hy's own `import`."

(import
  hy.models [Dict Keyword String Symbol]
  hy.scoping [ScopeGlobal]
  polyhy.guests.clauses [Reader]
  polyhy.macros.opting [extend-core])

(defmacro import-from [_hy-compiler #* _]
  #[[Import packages of an ecosystem, or files of the project's own. ::

      (import-from "npm"
        lodash :as _
        "date-fns@^4" [formatISO :as iso])
      (_.kebab-case "fooBar")         ;=> 'foo-bar'

  A file beside this one is imported by its language: `(import-from "lua" "./transform.lua")`.

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

(defn written [keyword value]
  "An option as Python takes it; types are named, as text: `{T f64}`."
  (when (and (= keyword :with) (isinstance value Dict))
    (setv value (Dict (gfor  form value  (if (isinstance form Symbol) (String form) form)))))
  [(.get RENAMED keyword keyword) value])

(defn bind [compiler reader clause]
  (defn call [#* members]
    `(_polyhy.import-from ~clause.ecosystem ~clause.text ~@members
       ~@(gfor  option clause.options  form (written #* option)  form)))
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

(defn import-also-from [core compiler #* forms]
  #[[Hy's own `import`, which also takes `:from`, in the spelling of other Lisps. ::

      (import os "slugify" :from "npm"  math [sqrt])
      (slugify "Hello, World")        ;=> 'Hello-World' ]]
  (if (any (gfor  form forms  (isinstance form #(String Keyword))))
    (do
      (setv reader (read-this compiler))
      (setv [plain ours] (.import- reader))
      (if ours
        `(do
           ~@(if plain [`(import ~@plain)] [])
           ~(expand compiler reader ours))
        (core compiler #* forms)))
    (core compiler #* forms)))

(defn read-this [compiler]
  (Reader compiler.this compiler.filename compiler.source))

(extend-core "import" import-also-from)
