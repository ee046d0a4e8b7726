"`by-ref`, `data`, `eval-in`: the value rule and other languages, in one word each."

(import
  hy.models [String]
  polyhy [plugins]
  polyhy.clauses [Reader]
  polyhy.errors [suggest])

(defmacro by-ref [x]
  #[[Cross by reference what would be copied. ::

      ((by-ref lodash.range) 3)     ; the result stays in the guest, as a Proxy
      (fill (by-ref xs))            ; the guest makes its changes in xs ]]
  `(do
     (import polyhy :as _polyhy)
     (_polyhy.by-ref ~x)))

(defmacro data [_hy-compiler #* args]
  #[[Copy the data out of a Proxy: `(data p)`. A `data` of the file's own is left alone. ]]
  (setv scope _hy-compiler.scope)
  (while scope
    (when (in "data" (getattr scope "defined" #()))
      (return `((do data) ~@args)))
    (setv scope scope.parent))
  `(do
     (import polyhy :as _polyhy)
     (_polyhy.data ~@args)))

(defmacro eval-in [_hy-compiler language source]
  #[[Evaluate source in another language: `(eval-in "js" "1 + 1")`. Its errors name this file. ]]
  (setv known (plugins.languages))
  (when (and (isinstance language String) (not-in (str language) known))
    (.fail (Reader _hy-compiler.this _hy-compiler.filename _hy-compiler.source) language
      (.format "there is no language {!r}; {}"
        (str language) (suggest (str language) known "there are"))))
  (setv origin (.format "{}:{}" _hy-compiler.filename (first-line _hy-compiler source)))
  `(do
     (import polyhy :as _polyhy)
     (_polyhy.evaluate ~language ~source ~origin)))

(defn first-line [compiler string]
  "Return the line on which its text begins: a bracket string drops a line break at its head."
  (setv line (getattr string "start_line" 1))
  (setv opening (.format "#[{}[" (getattr string "brackets" None)))
  (setv lines (.splitlines (or compiler.source "")))
  (+ line (any (gfor  at (cut lines (- line 1) line)  (.endswith at opening)))))
