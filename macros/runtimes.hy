"Runtimes by name: `(start-runtime \"lua\" :as \"worker\")`, `(stop-runtime …)`, `(runtimes)`."

(import
  hy.models [Keyword String]
  polyhy [plugins]
  polyhy.guests.clauses [Reader]
  polyhy.macros.names [fail]
  polyhy.macros.values [check-runtime])

(defmacro start-runtime [_hy-compiler language #* options]
  #[[Start a runtime, and return it. ::

      (start-runtime "lua" :as "worker" :version "5.4")
      (eval-in "worker" "x = 5")
      (eval-in "worker" "x")          ;=> 5
      (eval-in "lua" "x")             ;=> None

  What else it takes is the language's: see its README. ]]
  (setv reader (Reader _hy-compiler.this _hy-compiler.filename _hy-compiler.source))
  (when (isinstance language String)
    (check-runtime reader language))
  (setv [name settings] [[] []])
  (setv rest (list options))
  (while rest
    (setv key (.pop rest 0))
    (when (or (not (isinstance key Keyword)) (not rest))
      (fail _hy-compiler key "after the language stand settings: (start-runtime \"lua\" :as \"worker\")"))
    (if (= key (Keyword "as"))
      (setv name [(.pop rest 0)])
      (+= settings [key (.pop rest 0)])))
  `(do
     (import polyhy :as _polyhy)
     (_polyhy.start-runtime ~language ~@name ~@settings)))

(defmacro stop-runtime [name]
  #[[Stop a runtime; its objects raise Stopped from then on. ::

      (start-runtime "lua" :as "worker")
      (stop-runtime "worker") ]]
  `(do
     (import polyhy :as _polyhy)
     (_polyhy.stop-runtime ~name)))

(defmacro runtimes []
  #[[The runtimes that run now, each with its `name`, `language` and `state`. ::

      (start-runtime "sh" :as "build")
      (lfor r (runtimes) :if (= r.name "build") r.language)     ;=> ['sh'] ]]
  `(do
     (import polyhy :as _polyhy)
     (_polyhy.runtimes)))

(defmacro runtime-dispatch []
  #[[All languages and runtimes by name, each with `eval`, `marshal` and `state`. ::

      (setv js (get (runtime-dispatch) "js"))
      (.eval js "1 + 1")              ;=> 2
      (.marshal js [1 2])             ; a Proxy: sent once, used many times ]]
  `(do
     (import polyhy :as _polyhy)
     _polyhy.runtime-dispatch))
