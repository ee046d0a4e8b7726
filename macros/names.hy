"`alias`, `members`, `doc`, `signature`: names for members, and what they say of themselves."

(import
  hy.errors [HySyntaxError]
  hy.models [Expression Keyword Symbol]
  polyhy [variables]
  polyhy.guests.clauses [text])

(defmacro alias [_hy-compiler #* forms]
  #[[Name members once: each by its last part, or as you say. ::

      (import os math)
      (alias os.path.basename  math:floor :as down)
      (basename "a/b.txt")    ;=> 'b.txt'
      (down 2.5)              ;=> 2 ]]
  (setv rest (list forms))
  (when (not rest)
    (fail _hy-compiler _hy-compiler.this "it names members: (alias np.linalg.norm)"))
  (setv pairs [])
  (while rest
    (setv member (.pop rest 0))
    (when (not (and (isinstance member Expression) (in "." (text member))))
      (fail _hy-compiler member "a member has a dot or a colon: (alias np.linalg.norm)"))
    (setv name (get member -1))
    (when (= (cut rest 1) [(Keyword "as")])
      (.pop rest 0)
      (when (not (and rest (isinstance (get rest 0) Symbol)))
        (fail _hy-compiler (if rest (get rest 0) member) "after :as stands a name: :as name"))
      (setv name (.pop rest 0)))
    (+= pairs [name member]))
  `(setv ~@pairs))

(defmacro members [_hy-compiler #* args]
  #[[The names that a module, an object or a language has. ::

      (import math)
      (in "sqrt" (members math))      ;=> True
      (in "JSON" (members "js"))      ;=> True ]]
  (asked _hy-compiler "members" args))

(defmacro signature [_hy-compiler #* args]
  #[doc[The parameters of a function, as its language writes them. ::

      (signature (js:fn [xs [size 1]] xs))    ;=> '(xs, size = 1)' ]doc]
  (asked _hy-compiler "signature" args))

(defmacro doc [_hy-compiler #* args]
  #[[What a function of any language says of itself. ::

      (import math)
      (in "square root" (doc math.sqrt))    ;=> True ]]
  (asked _hy-compiler "doc" args))

(defn asked [compiler word args]
  "A call of `polyhy.sessions.reflect`, unless the word is a variable of the file's own."
  (if (variables.bound compiler word)
    `((do ~(Symbol word)) ~@args)
    (asking compiler word args)))

(defn asking [compiler word args]
  (if (!= (len args) 1)
    (fail compiler compiler.this (.format "{0} asks of one thing: ({0} lodash)" word))
    `(do
       (import polyhy.sessions.reflect :as _reflect)
       ((. _reflect ~(Symbol word)) ~@args))))

(defn fail [compiler form message]
  (raise (HySyntaxError message form compiler.filename compiler.source)))
