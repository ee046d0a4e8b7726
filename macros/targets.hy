"Lisp for other languages: `(js (defn add [a b] (+ a b)))`, `(lua:defn …)`, `(js:print x)`."

(import
  hy [gensym]
  hy.macros [macro]
  hy.models [Expression FComponent FString Keyword List String Symbol]
  polyhy [plugins variables]
  polyhy.guests [targets]
  polyhy.macros.languages [NAMES]
  polyhy.macros.names [fail]
  polyhy.macros.opting [extend-core])

;; forms that may stand after a language and a colon
(setv WORDS ["defn" "fn" "defclass" "print" "let" "lfor" "sfor" "dfor"])
(setv DEFINE #{"defn" "defclass"})

(defn write [compiler language forms]
  "The call that makes what `forms` say in another language, and binds what they define."
  (setv names (list (defined forms)))
  (setv piece (targets.written compiler language forms (lfor  name names  (hy.mangle (str name)))))
  (setv made (call compiler language piece))
  (cond
    piece.members
      (do
        (setv module (gensym "module"))
        `(do
           (setv ~module ~made)
           ~@(gfor  [name member] (zip names piece.members)  `(setv ~name (. ~module ~(Symbol member))))))
    (not names)
      made
    (not (in (head (get forms -1)) DEFINE))
      (do
        (setv box (gensym "value"))
        `(do
           (setv [~@names ~box] ~made)
           (next (iter ~box) None)))
    (= (len names) 1)
      `(setv ~(get names 0) ~made)
    True
      `(setv [~@names] ~made)))

(defn call [compiler language piece]
  (setv origin (String (.format "{}:{}" compiler.filename piece.line)))
  (setv made
    (if piece.takes
      `(_polyhy.emitted ~(String language) ~(String piece.source) ~origin
         ~@(map Symbol piece.passed)
         ~@(gfor  wanted piece.imports  (imported wanted)))
      `(_polyhy.evaluate ~(String language) ~(String piece.source) ~origin)))
  `(do
     (import polyhy :as _polyhy)
     ~(if piece.awaits `(await ~made) made)))

(defn imported [wanted]
  (setv [ecosystem package member] wanted)
  (setv loaded `(_polyhy.import-from ~(String ecosystem) ~(String package)))
  (if member  `(. ~loaded ~(Symbol member))  loaded))

(defn defined [forms]
  "The names that definitions among `forms` bind, for the Hy around to bind them, too."
  (for [form forms]
    (when (in (head form) DEFINE)
      (setv rest (lfor  part (cut form 1 None)  :if (!= part (Keyword "async"))  part))
      (setv names (gfor  part rest  :if (not (isinstance part List))  part))
      (setv name (next names None))
      (when (= (head name) "annotate")
        (setv name (get name 1)))
      (when (isinstance name Symbol)
        (yield name)))))

(defn head [form]
  (if (and (isinstance form Expression) form (isinstance (get form 0) Symbol))
    (str (get form 0))
    ""))

(defn source? [forms]
  (and (= (len forms) 1) (isinstance (get forms 0) #(String FString))))

(defn evaluate [compiler language source]
  (if (isinstance source FString)
    (fill compiler language source)
    `(eval-in ~(String language) ~source)))

(defn fill [compiler language source]
  "Source with values in it, where the language keeps values and source apart."
  (when (not (. (plugins.bridge-class (plugins.language language)) fills))
    (fail compiler source
      "source is a plain string: what is put into it could be read as code; pass values to a function"))
  (setv [parts values] [[""] []])
  (for [part source]
    (if (isinstance part FComponent)
      (do
        (when (or part.conversion (> (len part) 1))
          (fail compiler part "a value stands as it is in source: format it before"))
        (.append values (get part 0))
        (.append parts ""))
      (+= (get parts -1) (str part))))
  `(do
     (import polyhy :as _polyhy)
     (_polyhy.filled ~(String language) [~@(map String parts)]
       ~(String (.format "{}:{}" compiler.filename (getattr source "start_line" 1))) ~@values)))

(defn define-target [language]
  "Define the macro that the language's name is, and those of its words: `js`, `js.defn`."

  (defn whole [_hy-compiler #* forms]
    #[[Say Lisp in another language, or give its source in a string. ::

        (js (lfor x (range 3) (* x x)))           ;=> [0, 1, 4]
        (js "[1, 2].map((x) => x * 2)")           ;=> [2, 4]
        (lua
          (defn even? [n] (if (= n 0) True (odd? (- n 1))))
          (defn odd? [n] (if (= n 0) False (even? (- n 1)))))
        (even? 10)                                ;=> True

    Macros expand first, so one macro serves every language. Variables of the Lisp around are passed
    in, once, when the block is evaluated; what it defines is bound here. The value is the last
    form's. See "Lisp in other languages" in README.md. ]]
    (cond
      (variables.bound _hy-compiler language)
        `((do ~(Symbol language)) ~@forms)
      (not forms)
        (fail _hy-compiler _hy-compiler.this
          (.format "what should be run in {0}? ({0} \"source\") or ({0} (defn …))" language))
      (source? forms)
        (evaluate _hy-compiler language (get forms 0))
      (in language (plugins.emitters))
        (write _hy-compiler language forms)
      (= language "python")
        `(py ~@forms)
      True
        (fail _hy-compiler (get forms 0)
          (.format "Lisp is not written in {0}: give its source in a string, ({0} \"…\")" language))))
  ((macro language) whole)

  (when (in language (plugins.emitters))
    (for [word WORDS]
      (define-word language word))))

(defn define-word [language word]
  (defn spoken [_hy-compiler #* forms]
    (write _hy-compiler language [(.replace (Expression [(Symbol word) #* forms]) _hy-compiler.this)]))
  ((macro (+ language "." word)) spoken))

(defn python-itself [core compiler #* forms]
  #[[Source of Python in a string, as Hy has it; Lisp in Python is what Hy makes of it. ::

      (py "1 + 5")                       ;=> 6
      ((py:fn [x] (* x 2)) 21)           ;=> 42 ]]
  (if (source? forms)
    (core compiler #* forms)
    `(do ~@forms)))

(defn define-python [word]
  ((macro (+ "py." word)) (fn [#* forms] `(~(Symbol word) ~@forms))))

(for [language NAMES]
  (when (!= language "py")
    (define-target language)))
(for [word WORDS]
  (define-python word))
(extend-core "py" python-itself)
