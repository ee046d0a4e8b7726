"Each language by its name: `(js:call \"Math.max\" 1 2)`, `(js-> xs map f)`, `js:Math:PI`, `($py \"numpy\")`."

(import
  hy.macros [macro]
  hy.models [Expression Keyword String Symbol]
  polyhy [plugins variables]
  polyhy.macros.opting [extend-core]
  polyhy.macros.names [fail])

(setv NAMES (sorted #{#* (plugins.languages) #* (plugins.emitters) "py"}))

(defn looked-up [language path]
  `(do
     (import polyhy.sessions.reflect :as _reflect)
     (_reflect.lookup ~(String language) ~path)))

(defn define-words [language]
  "Define `js.call` and `js->`; a file reads `js:call` as the former."

  (defn call [_hy-compiler path #* args]
    #[[Call what a name means in a language. ::

        (js:call "Math.max" 1 5 2)     ;=> 5
        (py:call "math.sqrt" 9)        ;=> 3.0

    Without a call, `js:Math:PI` is all that JavaScript has by name, where no variable is called js. ]]
    (when (not (isinstance path String))
      (fail _hy-compiler path "a name in a string comes first: (js:call \"Math.max\" 1 2)"))
    `(~(looked-up language path) ~@args))
  ((macro (+ language ".call")) call)

  (defn through [_hy-compiler thing member #* args]
    #[[Call a member of a module or object; a module may be said by its name. ::

        (py-> "math" sqrt 16)                             ;=> 4.0
        (js-> (js "({f: (x) => x + 1})") f 41)            ;=> 42 ]]
    (when (not (isinstance member #(Symbol Expression)))
      (fail _hy-compiler member "after the thing stands the name of a member: (py-> np sum [1 2 3])"))
    `((. ~(if (isinstance thing String) (module language thing) thing) ~member) ~@args))
  ((macro (+ language "->")) through))

(defn module [language name]
  `(do
     (import polyhy.sessions.reflect :as _reflect)
     (_reflect.module ~(String language) ~name)))

(for [language NAMES]
  (define-words language))

(defmacro $py [name]
  #[[A module of Python. ::

      (let ((json ($py "json")))
        (json.dumps [1 2]))         ;=> '[1, 2]' ]]
  (module "python" name))

(defn py-import [_hy-compiler name #* rest]
  #[[Import a module of Python by its name in a string. ::

      (py.import "os.path" :as path)
      (path.basename "a/b")         ;=> 'b' ]]
  (when (not (isinstance name String))
    (fail _hy-compiler name "the module is named by a string: (py.import \"os.path\")"))
  (if (not rest)
    `(setv ~(Symbol (get (.rpartition (str name) ".") -1)) ($py ~name))
    (if (and (= (get rest 0) (Keyword "as")) (= (len rest) 2) (isinstance (get rest 1) Symbol))
      `(setv ~(get rest 1) ($py ~name))
      (fail _hy-compiler (get rest 0) "after the module stands :as name"))))
((macro "py.import") py-import)

(defn dot-from-language [core compiler #* forms]
  "`js:Math:PI`: where no variable is called so, `js` is all that JavaScript has by name."
  (setv head (get forms 0))
  (if (and (> (len forms) 1)
        (isinstance head Symbol)
        (in (str head) NAMES)
        (isinstance (get forms 1) Symbol)
        (not (variables.bound compiler (str head))))
    `(. ~(looked-up (str head) (String (str (get forms 1)))) ~@(cut forms 2 None))
    (core compiler #* forms)))

(extend-core "." dot-from-language)
