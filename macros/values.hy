"`by-ref`, `data`, `eval-in`: the value rule and other languages, in one word each."

(import
  re
  sys
  hy.models [Dict Float Integer Keyword List String]
  polyhy [plugins]
  polyhy.guests.clauses [Reader]
  polyhy.macros.names [fail])

(defmacro by-ref [x]
  #[[Cross by reference what would be copied: a function's result stays in the guest, as a Proxy; a
  list or dict is lent, and the guest makes its changes in it. ::

      (setv numbers (js:fn [n] (list (range n))))
      (numbers 3)                       ;=> [0, 1, 2]
      (len ((by-ref numbers) 3))        ;=> 3

      (setv xs [1 2])
      ((js "(xs) => { xs.push(3) }") (by-ref xs))
      xs                                ;=> [1, 2, 3] ]]
  `(do
     (import polyhy :as _polyhy)
     (_polyhy.by-ref ~x)))

(defmacro data [_hy-compiler #* args]
  #[[Copy the data out of a Proxy. A `data` of the file's own is left alone. ::

      (setv there ((by-ref (js:fn [] {"a" 1}))))
      (data there)                      ;=> {'a': 1} ]]
  (setv scope _hy-compiler.scope)
  (while scope
    (when (in "data" (getattr scope "defined" #()))
      (return `((do data) ~@args)))
    (setv scope scope.parent))
  (when (!= (len args) 1)
    (fail _hy-compiler _hy-compiler.this "data takes one form: (data x)"))
  `(do
     (import polyhy :as _polyhy)
     (_polyhy.data ~@args)))

(defmacro eval-in [_hy-compiler language source #* options]
  #[doc[Evaluate source in another language, or in a runtime that was named. ::

      (eval-in "js" "1 + 1")                              ;=> 2
      (. (eval-in "js" "[[1, 2]]" :meta True) shape)      ;=> (1, 2)

  Errors name this file. ]doc]
  (setv reader (Reader _hy-compiler.this _hy-compiler.filename _hy-compiler.source))
  (when (isinstance language String)
    (check-runtime reader language))
  (when (isinstance source #(Integer Float Keyword List Dict))
    (.fail reader source "source is a text: (eval-in \"js\" \"1 + 1\")"))
  (setv origin (.format "{}:{}" _hy-compiler.filename (first-line _hy-compiler source)))
  (setv value `(_polyhy.evaluate ~language ~source ~origin))
  `(do
     (import polyhy :as _polyhy)
     ~(wrapped reader options language value)))

(defn check-runtime [reader language]
  "A literal name is that of a language, of a runtime that runs, or one that this file gives."
  (setv known [#* (plugins.languages) "py"])
  (setv given (re.findall r":as\s+\"([^\"]+)\"" (or reader.source "")))
  (setv host (.get sys.modules "polyhy.guests.host"))
  (setv running (if host (.running host) []))
  (when (not-in (str language) [#* known #* given #* running])
    (.fail reader language
      (.format "there is no language {!r}; {}"
        (str language) (plugins.suggestion (str language) known)))))

(defn wrapped [reader options language value]
  "The value, or with `:meta True` a MetaObject round it."
  (when (not options)
    (return value))
  (setv [option #* rest] options)
  (when (or (!= option (Keyword "meta")) (!= (len rest) 1))
    (.fail reader option "this takes :meta True, for a MetaObject round the value"))
  `(if ~(get rest 0) (_polyhy.meta-object ~value :source ~language) ~value))

(defn first-line [compiler string]
  "Return the line on which its text begins: a bracket string drops a line break at its head."
  (setv line (getattr string "start_line" 1))
  (setv opening (.format "#[{}[" (getattr string "brackets" None)))
  (setv lines (.splitlines (or compiler.source "")))
  (+ line (any (gfor  at (cut lines (- line 1) line)  (.endswith at opening)))))
