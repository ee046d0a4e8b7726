"How the dialect stays out of files that did not ask for it: core macros, extended for those that did."

(import
  builtins
  hy [mangle])

(defn speaks-polyhy [compiler]
  "True where macros of polyhy were required, in this file or in an enclosing scope."
  (setv tables [compiler.module._hy-macros])
  (.extend tables (gfor  state compiler.local-state-stack  (get state "macros")))
  (any (gfor  table tables  macro (.values table)  (.startswith macro.__module__ "polyhy.macros"))))

(defn extend-core [name extension]
  "In files that speak polyhy, let `(extension core compiler …)` make what the core macro would.

  Shadowing the core macro by a required one would warn in every file, and change them all alike. "
  (setv table builtins._hy-macros)
  (setv core (get table (mangle name)))
  (setv core (getattr core "of_hy" core))
  (defn extended [_hy-compiler #* forms]
    (if (speaks-polyhy _hy-compiler)
      (extension core _hy-compiler #* forms)
      (core _hy-compiler #* forms)))
  (setv extended.of-hy core)
  (setv #(extended.__doc__ extended.topic)
    #(extension.__doc__ (get (.rpartition extension.__module__ ".") -1)))
  (setv (get table (mangle name)) extended))
