;; Classes with inheritance and properties, errors with else and finally, matches, slices, numbers.
(do (defclass A [] (defn __init__ [self x] (setv self.x x)) (defn [property] double [self] (* 2 self.x))) (. (A 4) double))
(do (defclass A [] (defn __init__ [self x] (setv self.x x))) (defclass B [A] (defn __init__ [self x y] (.__init__ (super) x) (setv self.y y))) (setv b (B 1 2)) [b.x b.y (isinstance b A)])
(do (defclass A [] (defn who [self] "a") (defn hi [self] (+ "hi " (.who self)))) (defclass B [A] (defn who [self] "b")) [(.hi (A)) (.hi (B))])
(do (defclass A [] (defn f [self] 1)) (defclass B [A] (defn f [self] (+ 10 (.f (super))))) (defclass C [B] (defn f [self] (+ 100 (.f (super))))) (.f (C)))
(do (defclass A [] (setv count 0) (defn __init__ [self] (+= A.count 1))) (A) (A) A.count)
(do (defclass A [] (defn [staticmethod] make [x] (* x 2)) (defn [classmethod] named [cls] cls.kind) (setv kind "k")) [(A.make 4) (A.named)])
(do (defclass V [] (defn __init__ [self x] (setv self.x x)) (defn __add__ [self o] (V (+ self.x o.x))) (defn __eq__ [self o] (= self.x o.x))) [(. (+ (V 1) (V 2)) x) (= (V 1) (V 1)) (= (V 1) (V 2))])
(do (defclass V [] (defn __init__ [self x] (setv self.x x)) (defn __lt__ [self o] (< self.x o.x))) (lfor v (sorted [(V 3) (V 1) (V 2)]) v.x))
(do (defclass S [] (defn __init__ [self] (setv self.items [])) (defn push [self x] (.append self.items x) self) (defn __len__ [self] (len self.items))) (len (.push (.push (S) 1) 2)))
(do (defclass S [] (defn __getitem__ [self k] (* k 2)) (defn __contains__ [self x] (= x 5))) [(get (S) 4) (in 5 (S)) (in 6 (S))])
(do (defclass S [] (defn __iter__ [self] (yield 1) (yield 2))) (list (S)))
(do (defclass S [] (defn __call__ [self x] (+ x 1))) ((S) 4))
(do (defclass S [] (defn __str__ [self] "shown")) [(str (S)) f"{(S)}"])
(do (defclass S [] (defn __repr__ [self] "repr")) [(repr (S)) (str [(S)])])
(do (defclass S [] (defn __bool__ [self] False)) (if (S) 1 2))
(do (defclass P [] (defn __init__ [self] (setv self.a 1))) (setv p (P)) (setv p.b 2) [(hasattr p "a") (getattr p "b") (getattr p "c" 9) (hasattr p "c")])
(do (defclass P []) (setv p (P)) (setattr p "k" 5) p.k)
(do (defclass E [Exception] (defn __init__ [self n] (.__init__ (super) f"code {n}") (setv self.n n))) (try (raise (E 4)) (except [e E] [e.n (str e)])))
(try (int "12x") (except [e ValueError] (get e.args 0)) (else "fine"))
(do (setv log []) (defn f [x] (try (.append log "try") (/ 1 x) (except [ZeroDivisionError] (.append log "except")) (else (.append log "else")) (finally (.append log "finally")))) (f 0) (f 1) log)
(do (setv log []) (defn f [] (try (return "r") (finally (.append log "f")))) [(f) log])
(do (defn f [] (for [x [1 2 3]] (try (when (= x 2) (return x)) (finally (setv seen x)))) 0) (f))
(try (try (raise (KeyError "a")) (except [ValueError] 1)) (except [KeyError] 2))
(do (setv log []) (try (try (/ 1 0) (finally (.append log 1))) (except [ZeroDivisionError] (.append log 2))) log)
(do (setv e "outer") (try (/ 1 0) (except [ZeroDivisionError] None)) e)
(do (setv out []) (for [x [1 0 2]] (try (.append out (// 10 x)) (except [ZeroDivisionError] (.append out "z")))) out)
(match [1 2 3] [a #* rest] [a rest])
(match {"kind" "move" "by" [1 2]} {"kind" "stop"} "stop" {"kind" "move" "by" [x y]} (+ x y))
(match 5 (| 1 2) "low" (| 5 6) "mid" _ "other")
(match [1 [2 3]] [a [b c]] :if (> b c) "more" [a [b c]] (- c b))
(match "go north" "stop" 1 s :if (in " " s) (get (.split s) 1))
(match [1 2] [1 x] :as all [x (len all)])
(do (defclass P [] (setv __match_args__ #("x" "y")) (defn __init__ [self x y] (setv self.x x self.y y))) (match (P 1 2) (P 0 y) "zero" (P :x 1 :y y) y))
(lfor x [1 "a" [] True 2.5] (match x (bool) "bool" (int) "int" (str) "str" (list) "list" _ "other"))
[(cut [1 2 3 4 5] 1 4 2) (cut [1 2 3] None None -1) (cut [1 2 3] -2 None) (cut [1 2 3] 5 9) (cut [1 2 3] 2 1)]
(do (setv xs [1 2 3 4 5]) (setv (cut xs 1 3) ["a"]) xs)
(do (setv xs [1 2 3 4 5]) (del (cut xs 0 2)) xs)
(do (setv d {"b" 1 "a" 2}) (setv (get d "c") 3) (del (get d "b")) (setv (get d "b") 4) (sorted (.items d)))
(do (setv d {"a" 1}) (.update d {"b" 2} :c 3) (sorted (.items d)))
(do (setv d {}) (.append (.setdefault d "k" []) 1) (.append (.setdefault d "k" []) 2) d)
[(.pop {"a" 1} "a") (.pop {"a" 1} "z" 0) (dict [["x" 1]]) (dict :a 1 :b 2)]
(do (setv d {"a" {"b" {"c" 1}}}) (setv (get d "a" "b" "c") 5) (get d "a" "b" "c"))
{#** {"a" 1 "b" 2} "b" 3}
[#* [1 2] 3 #* (range 2)]
(lfor s [(| #{1 2} #{3}) (& #{1 2} #{2 3}) (- #{1 2} #{2}) (^ #{1 2} #{2 3})] (sorted s))
[(<= #{1} #{1 2}) (= #{1 2} #{2 1}) (in 1 #{1}) (len #{1 1 2})]
[(** 2 10) (** 2.0 0.5) (** 2 -1) (% -7 3) (// -7 2) (% 7.5 2) (divmod -7 2)]
[(round 2.5) (round 3.5) (round -2.5) (round 3.14159 2) (round 1234 -2) (int -2.7) (int "42") (float "1.5")]
[f"{0.1}" f"{1e-7}" f"{1.5e300}" f"{-0.5}" f"{100.25}"]
[f"{3.14159 :8.3f}|" f"{1234.5 :,.2f}" f"{0.000123 :.2e}" f"{12 :+d}" f"{-3 :05d}" f"{1e6 :g}" f"{0.1 :g}" f"{123456.789 :.3g}" f"{0.00001234 :g}" f"{255 :#x}"]
[f"{"ab" :*^6}" f"{"ab" :<4}|" f"{True}" f"{None}" f"{[1 "a"]}"]
[(bin 10) (hex 255) (oct 8) (int "ff" 16) (int "-101" 2)]
[(& 12 10) (| 12 10) (^ 12 10) (<< 1 10) (>> -9 1) (bnot 5)]
[(sum [0.1 0.2]) (= (+ 0.1 0.2) 0.3) (abs -3) (abs -2.5) (max 1 2.5) (min -1 0)]
[(.count [1 2 1] 1) (.index [5 6] 6) (.copy [1]) (* [0] 3) (+ [1] [2]) (in 2 [1 2])]
(do (setv xs [1 2]) (.extend xs [3]) (.insert xs 0 0) (.remove xs 2) (setv last (.pop xs)) [xs last (.pop xs 0) xs])
(do (setv a [1 2] b a c (.copy a)) (.append a 3) [b c (is a b) (is a c)])
[(list (zip [1 2 3] "ab")) (list (enumerate "ab" 1)) (list (reversed [1 2])) (list (range 5 0 -2))]
(do (import math) [(math.floor -2.5) (math.ceil 2.1) (math.sqrt 16) (math.gcd 12 18) (math.isqrt 17)])
[(isinstance 1 int) (isinstance 1.5 float) (isinstance "a" str) (isinstance [] list) (isinstance 1 #(str int)) (isinstance True bool)]
[(callable len) (callable 5) (is (type "a") (type "b"))]
