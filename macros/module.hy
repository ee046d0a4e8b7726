"`(module :name … :requires … :exports …)`: what a file of Lisp needs, and what it gives."

(import
  sys
  hy [mangle]
  hy.errors [HySyntaxError]
  hy.models [Expression List String Symbol]
  hy.scoping [ScopeGlobal nearest-python-scope]
  polyhy.modules [Malformed parse read])

(defmacro module [_hy-compiler #* clauses]
  #[[Declare a module: its name, the packages that it needs, and the names that it gives. ::

      (module :name "my-ai-tools"
        :requires ["pypi:numpy" "npm:lodash@^4"]
        :exports [analyze-data])

  A project that adds the folder, repository or wheel that holds this file (`polyhy add ./tools`)
  gets what it requires into its own lock. `(import my-ai-tools *)` binds what it exports; a name
  that the file does not define is an error when it is compiled. ]]
  (try
    (setv declared (parse (list clauses)))
    (except [e Malformed]
      (fail _hy-compiler (or e.form _hy-compiler.this) e.detail)))
  (when (not (isinstance (nearest-python-scope _hy-compiler.scope) ScopeGlobal))
    (fail _hy-compiler _hy-compiler.this "a module is declared at the top of its file"))
  (setv scope (nearest-python-scope _hy-compiler.scope))
  (setv scope.defined (Promised scope.defined _hy-compiler declared.exports))
  `(setv
     __module-name__ ~(String declared.name)
     __all__ [~@(gfor  name declared.exports  (String (mangle name)))]))

(defclass Promised [set]
  "The names a file defines, which are looked over for its exports once it is all compiled.

  Hy tells nobody that the end of a file was reached; but the scope of a file, as it is left, asks
  whether names declared `nonlocal` are among those defined (hy.scoping.ScopeGlobal.__exit__). "

  (defn __init__ [self defined compiler exports]
    (.__init__ (super) defined)
    (setv
      self.compiler compiler
      self.exports exports
      self.outer (get (sys.exc-info) 1)))

  (defn issuperset [self names]
    (when (is (get (sys.exc-info) 1) self.outer)
      (for [name self.exports]
        (when (in (mangle name) self.compiler.module._hy-macros)
          (fail self.compiler name f"{(str name)} is a macro: `require` takes it without an export"))
        (when (not (or (in (mangle name) self) (known self.compiler (mangle name))))
          (fail self.compiler name
            f"{(str name)} is exported, and defined nowhere in this file"))))
    (.issuperset (super) names)))

(defn known [compiler name]
  "True for what an earlier cell of a prompt defined, and where an import took all there is."
  (or
    (in name compiler.module.__dict__)
    (any (gfor  form (read (or compiler.source "") compiler.filename)  (takes-all form)))))

(defn takes-all [form]
  (and
    (isinstance form Expression)
    form
    (in (str (get form 0)) #("import" "import-from"))
    (in (Symbol "*") form)))

(defn fail [compiler form message]
  (raise (HySyntaxError message form compiler.filename compiler.source)))
