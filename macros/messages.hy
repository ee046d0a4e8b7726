"Messages between runtimes: `(send-json \"js\" data)`, `(receive-json \"py\" text)`, `(meta-object x)`."

(defmacro send-json [runtime value]
  #[[Send data to a runtime, and return it as it lives there. ::

      (setv there (send-json "js" {"msg" "hello"}))
      (js (. there msg))              ;=> 'hello'

  What JSON does not have is a ConversionError that names its path. ]]
  `(do
     (import polyhy :as _polyhy)
     (_polyhy.send-json ~runtime ~value)))

(defmacro receive-json [runtime message #* options]
  #[[The data of a message: JSON text, or what `send-json` returned. ::

      (receive-json "py" "[1, 2]")                            ;=> [1, 2]
      (. (receive-json "js" "[1, 2]" :meta True) source)      ;=> 'js' ]]
  `(do
     (import polyhy :as _polyhy)
     (_polyhy.receive-json ~runtime ~message ~@options)))

(defmacro meta-object [value #* options]
  #[doc[A value with its source, type, shape and data. ::

      (. (meta-object [[1 2] [3 4]] :source "js") shape)      ;=> (2, 2) ]doc]
  `(do
     (import polyhy :as _polyhy)
     (_polyhy.meta-object ~value ~@options)))
