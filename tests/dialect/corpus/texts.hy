;; Texts: their methods, formatting, slices.
[(.upper "abc") (.lower "ABC") (.title "hello world") (.capitalize "hELLO")]
[(.strip "  a b ") (.lstrip "xxay" "x") (.rstrip "ayy" "y")]
[(.split "a b  c") (.split "a,b,c" ",") (.split "a,b,c" "," 1)]
(.join "-" ["a" "b" "c"])
[(.replace "banana" "a" "o") (.replace "banana" "a" "o" 2)]
[(.startswith "hello" "he") (.endswith "hello" "lo") (.startswith "hello" "x")]
[(.find "hello" "l") (.find "hello" "z") (.index "hello" "l") (.count "banana" "an")]
[(.isdigit "123") (.isdigit "12a") (.isalpha "abc") (.isspace " ") (.isupper "AB") (.islower "ab")]
[(.zfill "7" 3) (.ljust "ab" 4) (.rjust "ab" 4 ".") (.center "ab" 6 "*")]
[(get "hello" 0) (get "hello" -1)]
[(cut "hello" 1 3) (cut "hello" 2) (cut "hello" -3 None) (cut "hello" None None -1)]
[(len "hello") (len "")]
[(in "ell" "hello") (not-in "z" "hello")]
(+ "ab" "cd" "ef")
[(* "ab" 3) (* 2 "x")]
[(str 5) (str True) (str None) (str [1 "a" None]) (str "x")]
[(repr "it's") (repr "a\nb") (repr [1 "b"]) (repr {"a" 1})]
(do (setv name "World" n 3) f"Hello {name}, {n} times: {(* n 2)}!")
[f"{3.14159 :.2f}" f"{42 :5d}|" f"{42 :<5d}|" f"{7 :03d}" f"{1234567 :,}"]
[f"{255 :x}" f"{5 :b}" f"{0.25 :.1%}" f"{"a" :>3}|" f"{"a" :^5}|" f"{"abc" !r}"]
[(.format "{} and {}" 1 "b") (.format "{1} {0}" "a" "b") (.format "{x}-{y:.1f}" :x 1 :y 2)]
[(ord "a") (chr 98)]
(list "abc")
(sorted "hello")
[(< "a" "b") (< "abc" "abd") (= "a" "a") (max "hello")]
(list (reversed "abc"))
(.splitlines "a\nb\nc\n")
[(.partition "a=b" "=") (.partition "ab" "=")]
[(.removeprefix "test_x" "test_") (.removesuffix "x.py" ".py")]
(do (setv s "") (for [c "abc"] (setv s (+ c s))) s)
(do (defn palindrome? [s] (= s (cut s None None -1))) [(palindrome? "level") (palindrome? "ab")])
(do (defn caesar [s k] (.join "" (lfor c s (chr (+ 97 (% (+ (- (ord c) 97) k) 26)))))) (caesar "hello" 3))
(do (setv counts {}) (for [w (.split "a b a c b a")] (setv (get counts w) (+ 1 (.get counts w 0)))) (sorted (.items counts)))
(do (setv [a b] (.split "k=v" "=")) [b a])
[(bool "") (bool "a") (bool 0) (bool []) (bool [0]) (bool {}) (bool None)]
