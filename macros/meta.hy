"`meta`: what runs while a program is compiled; `macro`: macros of one target."

(import
  hy.macros [macro :as define]
  hy.models [Dict Expression Keyword List String Symbol]
  polyhy.sessions [meta]
  polyhy.macros.languages [NAMES]
  polyhy.macros.names [fail])

(defn run [compiler target forms]
  "Run forms now, in the target's namespace; the macros that they define are that target's."
  (setv space (meta.run compiler.module target forms compiler.filename compiler.source))
  (setv own compiler.module._hy-macros)
  (for [[name function] (.items (dict space._hy-macros))]
    (when (= function.__module__ space.__name__)
      (setv (get own f"{target}.macros.{name}") function)
      (when (= target "py")
        (setv (get own name) function))))
  (setv [inputs outputs] space.record)
  (if (or inputs outputs)
    `(do
       (import polyhy :as _polyhy)
       (_polyhy.check-built ~(hashes inputs) ~(hashes outputs)))
    'None))

(defn hashes [record]
  (Dict (gfor  [name hash] (sorted (.items record))  part [name hash]  (String part))))

(defn meta-block [_hy-compiler #* forms]
  #[[Run forms while the program is compiled. ::

      (meta
        (setv squares (lfor x (range 4) (* x x)))
        (write "squares.md" (.join "" (gfor x squares f"- {x}\n")))
        (defmacro all-squares [] squares))
      (all-squares)                   ;=> [0, 1, 4, 9]

  Blocks of a file share their variables; `(js:meta …)` has those and the macros of JavaScript.
  What they read and write is recorded, and warned of where it is no longer so. ]]
  (run _hy-compiler "py" forms))
((define "meta") meta-block)

(defmacro macro [_hy-compiler name #* rest]
  #[[Define a macro of one language. ::

      (macro js:shout [x] `(+ (.toUpperCase ~x) "!"))
      (js (shout "hi"))               ;=> 'HI!'
      (js:shout "hi")                 ;=> 'HI!' ]]
  (when (not (and (isinstance name Expression) (= (len name) 3) (in (str (get name 1)) NAMES)))
    (fail _hy-compiler name "a target's macro has its name before a colon: (macro js:twice [x] …)"))
  (when (not (and rest (isinstance (get rest 0) List)))
    (fail _hy-compiler (if rest (get rest 0) name) "after the name stand parameters: (macro js:twice [x] …)"))
  (setv [target word] [(str (get name 1)) (str (get name 2))])
  (setv own (if (= target "py") word f"{target}.macros.{word}"))
  `(eval-and-compile
     (import hy.macros)
     ((hy.macros.macro ~(String own)) (fn ~@rest))
     ((hy.macros.macro ~(String f"{target}.{word}"))
       (fn [#* forms] (hy.models.Expression [~@(spoken target word) #* forms])))))

(defn spoken [target word]
  "`(js:twice x)` outside is `(js (twice x))`."
  (if (= target "py")
    [`(hy.models.Symbol ~(String word))]
    [`(hy.models.Symbol ~(String f"{target}-spoken")) `(hy.models.Symbol ~(String word))]))

(defn define-spoken [target]
  ((define f"{target}-spoken")
    (fn [word #* forms] `(~(Symbol target) (~word ~@forms))))
  (defn target-meta [_hy-compiler #* forms]
    (run _hy-compiler target forms))
  ((define f"{target}.meta") target-meta))

(for [target NAMES]
  (define-spoken target))
