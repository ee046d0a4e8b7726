"Messages between runtimes: `(send-json \"js\" data)`, `(receive-json \"py\" text)`, `(meta-object x)`."

(import
  hy.models [Keyword]
  polyhy.macros.names [fail])

(defmacro send-json [runtime value]
  #[[Send data to a runtime, and return it as it lives there. ::

      (setv there (send-json "js" {"msg" "hello"}))
      (js (. there msg))              ;=> 'hello'

  What JSON does not have is a ConversionError that names its path. ]]
  `(do
     (import polyhy :as _polyhy)
     (_polyhy.send-json ~runtime ~value)))

(defmacro receive-json [_hy-compiler runtime message #* options]
  #[[The data of a message: JSON text, or what `send-json` returned. ::

      (receive-json "py" "[1, 2]")                            ;=> [1, 2]
      (. (receive-json "js" "[1, 2]" :meta True) source)      ;=> 'js' ]]
  (only _hy-compiler options "meta")
  `(do
     (import polyhy :as _polyhy)
     (_polyhy.receive-json ~runtime ~message ~@options)))

(defmacro meta-object [_hy-compiler value #* options]
  #[doc[A value with its source, type, shape and data. ::

      (. (meta-object [[1 2] [3 4]] :source "js") shape)      ;=> (2, 2) ]doc]
  (only _hy-compiler options "source")
  `(do
     (import polyhy :as _polyhy)
     (_polyhy.meta-object ~value ~@options)))

(defn only [compiler options name]
  "Fail where there is an option of another name, or one without a value."
  (when (and options (or (!= (get options 0) (Keyword name)) (!= (len options) 2)))
    (fail compiler (get options 0) (.format "here stands nothing, or :{} and its value" name))))
