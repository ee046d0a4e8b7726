;; Arithmetic, comparison, built-in functions of numbers. Each top-level form is a program.
(+ 1 2 3)
(- 10 3 2)
(* 2 3 4)
(/ 7 2)
(// 7 2)
(// -7 2)
[(% 7 3) (% -7 3) (% 7 -3)]
(** 2 10)
(** 2 3 2)
(- 5)
[(+) (*) (+ 5) (* 5)]
[(abs -3) (abs 2.5)]
[(round 2.5) (round 3.5) (round 2.567 2) (round -2.5)]
[(min 3 1 2) (max 3 1 2) (min [4 5]) (max [4 5])]
[(int "42") (int 3.9) (int -3.9) (int "ff" 16)]
[(float "2.5") (float 3)]
(divmod 17 5)
[(pow 2 8) (pow 3 4 5)]
[(sum [1 2 3]) (sum [1 2] 10)]
[(< 1 2 3) (< 1 3 2) (<= 1 1) (> 3 2 1) (>= 2 3)]
[(= 1 1) (= 1 2) (!= 1 2) (= 1 1 1)]
[(& 12 10) (| 12 10) (^ 12 10) (bnot 5) (<< 1 10) (>> 1024 3)]
(do (setv x 5) (+= x 2) (*= x 3) (-= x 1) (//= x 2) x)
(do (setv x 7) (%= x 4) (**= x 3) x)
(chainc 1 < 2 <= 2 < 3)
(do (import math) [(math.floor 2.7) (math.ceil 2.1) (math.sqrt 16)])
(do (import math [gcd pi]) [(gcd 12 18) (int (* pi 100))])
[(bin 5) (hex 255)]
[(int True) (+ True 1) (sum [True False True])]
(do (defn fact [n] (if (< n 2) 1 (* n (fact (- n 1))))) (fact 15))
(do (defn fib [n] (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2))))) (lfor i (range 12) (fib i)))
(do (defn collatz [n] (setv steps 0) (while (!= n 1) (setv n (if (= 0 (% n 2)) (// n 2) (+ 1 (* 3 n)))) (+= steps 1)) steps) (collatz 27))
(do (setv primes []) (for [n (range 2 50)] (when (all (gfor p primes (% n p))) (.append primes n))) primes)
(do (defn gcd [a b] (while b (setv [a b] [b (% a b)])) a) (gcd 1071 462))
