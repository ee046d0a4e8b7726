"`let` with pairs, `fn` and `defn` that await without `:async`, `await` and `:async` at the top of a file."

(import
  hy.errors [HySyntaxError]
  hy.models [Expression Keyword List Symbol]
  hy.scoping [ScopeGlobal nearest-python-scope]
  polyhy.macros.opting [extend-core])

(defn let-pairs [core compiler #* forms]
  #[[Bindings in pairs, beside Hy's own in brackets. ::

      (let ((a 1) (b 2)) (+ a b))     ;=> 3
      (let [a 1  b 2] (+ a b))        ;=> 3 ]]
  (if (and forms (isinstance (get forms 0) Expression))
    (core compiler (.replace (List (flat compiler (get forms 0))) (get forms 0)) #* (cut forms 1 None))
    (core compiler #* forms)))

(defn flat [compiler pairs]
  (for [pair pairs]
    (when (not (and (isinstance pair Expression) (= (len pair) 2)))
      (raise
        (HySyntaxError "each binding is a pair: (let ((a 1) (b 2)) …)"
          pair compiler.filename compiler.source)))
    (yield :from pair)))

(defn fn-awaits [core compiler #* forms]
  #[[Hy's own; where the body awaits, the function is `:async` by itself. ]]
  (if (and (!= (cut forms 1) #((Keyword "async"))) (any (map awaits forms)))
    (core compiler (Keyword "async") #* forms)
    (core compiler #* forms)))

;; what begins a function of its own, or is no code
(setv ELSEWHERE #{"fn" "defn" "gfor" "defclass" "quote" "quasiquote"})

(defn awaits [form]
  "True where `form` awaits, outside of functions within it."
  (cond
    (not (isinstance form #(Expression List)))  False
    (and form (isinstance form Expression) (isinstance (get form 0) Symbol))
      (or (= (str (get form 0)) "await")
        (and (not-in (str (get form 0)) ELSEWHERE) (any (map awaits form))))
    True
      (or (= (list (cut form 1)) [(Keyword "async")])  (any (map awaits form)))))

(defn await-anywhere [core compiler #* forms]
  #[[Hy's own; at the top of a file it runs to its end. ::

      (import asyncio)
      (defn slow [x] (await (asyncio.sleep 0)) (* 2 x))
      (await (slow 21))               ;=> 42 ]]
  (if (and (= (len forms) 1) (at-the-top compiler))
    `(do
       (import polyhy :as _polyhy)
       (_polyhy.finish ((fn :async [] (await ~(get forms 0))))))
    (core compiler #* forms)))

(defn at-the-top [compiler]
  "True outside of functions, where what is compiled is no coroutine either, as a prompt's cell is."
  (and
    (isinstance (nearest-python-scope compiler.scope) ScopeGlobal)
    (not (getattr compiler "awaits" False))))

(defn for-async [core compiler #* forms]
  #[[Hy's own; `:async` at the top of a file runs each step to its end, as in comprehensions. ::

      (import asyncio)
      (defn fetch [i] (await (asyncio.sleep 0)) (* i i))
      (defn count [n] (for [i (range n)] (yield (await (fetch i)))))
      (lfor :async x (count 3) (+ x 1))       ;=> [1, 2, 5] ]]
  (if (and forms (isinstance (get forms 0) List) (at-the-top compiler))
    (core compiler (stepped (get forms 0) each) #* (cut forms 1 None))
    (core compiler #* forms)))

(defn gather-async [core compiler #* forms]
  (if (at-the-top compiler)
    (core compiler #* (stepped (Expression forms) each))
    (core compiler #* forms)))

(defn with-async [core compiler #* forms]
  #[[Hy's own; `:async` at the top of a file enters, runs and leaves as one task. ::

      (import asyncio)
      (with [:async (asyncio.Lock)]
        (await (asyncio.sleep 0 "done")))       ;=> 'done' ]]
  (if (and forms (isinstance (get forms 0) List) (at-the-top compiler))
    (core compiler (stepped (get forms 0) entered) #* (cut forms 1 None))
    (core compiler #* forms)))

(defn each [things]
  `(hy.I.polyhy.each-async ~things))

(defn entered [context]
  `(hy.I.polyhy.entered-async (fn [] ~context)))

(defn stepped [clauses step]
  "Clauses where what follows `:async` and its target is stepped through, or entered, in turns."
  (setv [made rest] [[] (list clauses)])
  (while rest
    (setv each (.pop rest 0))
    (if (or (!= each (Keyword "async")) (not rest))
      (.append made each)
      (do
        (when (and (> (len rest) 1) (!= (len clauses) 2))
          (.append made (.pop rest 0)))
        (setv thing (.pop rest 0))
        (.append made (.replace (step thing) thing)))))
  (.replace ((type clauses) made) clauses :recursive False))

(extend-core "for" for-async)
(extend-core "with" with-async)
(for [word ["lfor" "sfor" "dfor" "gfor"]]
  (extend-core word gather-async))
(extend-core "let" let-pairs)
(extend-core "fn" fn-awaits)
(extend-core "defn" fn-awaits)
(extend-core "await" await-anywhere)
