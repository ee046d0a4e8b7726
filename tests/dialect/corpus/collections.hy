;; Lists, tuples, dicts, sets, comprehensions.
[1 2 3]
(+ [1 2] [3])
(* [0] 3)
[(len [1 2]) (len []) (len {"a" 1})]
(do (setv xs [1 2]) (.append xs 3) (.extend xs [4 5]) (.insert xs 0 0) xs)
(do (setv xs [1 2 3 4]) [(.pop xs) (.pop xs 0) xs])
(do (setv xs [3 1 2]) (.sort xs) (.reverse xs) xs)
(do (setv xs ["bb" "a" "ccc"]) (.sort xs :key len :reverse True) xs)
(do (setv xs [1 2 3 2]) (.remove xs 2) [(.index xs 3) (.count xs 2) xs])
[(get [1 2 3] 0) (get [1 2 3] -1) (get [[1 2] [3 4]] 1 0)]
(do (setv xs [1 2 3]) (setv (get xs 0) 9 (get xs -1) 7) xs)
[(cut [1 2 3 4 5] 2) (cut [1 2 3 4 5] 1 4) (cut [1 2 3 4 5] None None 2) (cut [1 2 3] None None -1)]
[(cut [1 2 3] -2 None) (cut [1 2 3] 5 None) (cut [1 2 3] 0 -1)]
(do (setv xs [1 2 3]) (del (get xs 1)) xs)
[(in 2 [1 2]) (in 5 [1 2]) (not-in 5 [1 2]) (in "a" {"a" 1})]
[(= [1 [2 3]] [1 [2 3]]) (= [1 2] [1 3]) (!= [1] [2]) (= {"a" [1]} {"a" [1]})]
[(< [1 2] [1 3]) (< [1] [1 2]) (sorted [[2 "b"] [1 "a"] [1 "A"]])]
(sorted [3 1 2])
(sorted ["b" "A" "c"] :key (fn [s] (.lower s)))
(sorted [1 2 3 4] :key (fn [x] (% x 2)))
(list (reversed [1 2 3]))
(list (range 5))
[(list (range 2 5)) (list (range 10 0 -3))]
(list (enumerate ["a" "b"]))
(list (enumerate ["a" "b"] 1))
(list (zip [1 2 3] ["a" "b"]))
(list (map (fn [x] (* x x)) [1 2 3]))
(list (map (fn [a b] (+ a b)) [1 2] [10 20]))
(list (filter (fn [x] (> x 1)) [1 2 3]))
(list (filter None [0 1 "" "a" [] [0]]))
[(any [0 1]) (any []) (all [1 2]) (all [1 0]) (all [])]
(lfor x [1 2 3] (* x 2))
(lfor x (range 4) y (range x) [x y])
(lfor x (range 10) :if (= 0 (% x 3)) x)
(lfor x [1 2 3] :setv y (* x x) :if (> y 1) y)
(sorted (sfor x [1 2 2 3] (% x 2)))
(sorted (.items (dfor x ["a" "bb"] x (len x))))
(list (gfor x [1 2 3] (+ x 1)))
(sum (gfor x (range 5) (* x x)))
(do (setv d {"a" 1 "b" 2}) [(get d "a") (.get d "z") (.get d "z" 0) (len d)])
(do (setv d {"a" 1}) (setv (get d "b") 2) (del (get d "a")) d)
(do (setv d {"b" 2 "a" 1}) [(sorted (.keys d)) (sorted (.values d)) (sorted (.items d))])
(do (setv d {"a" 1}) (.update d {"b" 2}) [(.pop d "a") (.pop d "x" 9) (.setdefault d "c" 3) (.setdefault d "b" 5) (sorted d)])
(do (setv d {"a" {"b" [1 2 3]}}) (get d "a" "b" 1))
(sorted (lfor k {"x" 1 "y" 2} k))
{#** {"a" 1 "b" 2} "b" 3}
[#* [1 2] 3 #* [4]]
(do (setv s (set [1 2 2 3])) (.add s 4) (.discard s 1) [(len s) (in 2 s) (sorted s)])
[(sorted (& (set [1 2 3]) (set [2 3 4]))) (sorted (| (set [1]) (set [2]))) (sorted (- (set [1 2]) (set [2])))]
(do (setv d (dict)) (setv (get d 1) "a" (get d 2) "b") [(get d 1) (len d) (in 2 d) (sorted d)])
(do (setv d {1 "one" 2 "two"}) [(get d 2) (sorted (.items d))])
(do (setv [a b] [1 2]) (setv [a b] [b a]) [a b])
(do (setv [a #* rest] [1 2 3]) [a rest])
(do (setv [a [b c] #* mid z] [1 [2 3] 4 5 6]) [a b c mid z])
(do (setv grid (lfor _ (range 2) (* [0] 2))) (setv (get grid 0 1) 5) grid)
(do (setv m [[1 2] [3 4]]) (lfor i (range 2) (lfor row m (get row i))))
(do (setv seen []) (for [[k v] (sorted (.items {"a" 1 "b" 2}))] (.append seen (+ k (str v)))) seen)
(do (setv xs [1 2 3]) (setv ys (.copy xs)) (.append ys 4) [xs ys])
(do (setv a [1]) (setv b a) (.append b 2) a)
(do (setv a [1]) (setv b a) (+= b [2]) a)
(do (import functools [reduce]) (reduce (fn [a b] (+ a b)) [1 2 3] 10))
(dict :a 1 :b 2)
(sorted (.items (dict [["a" 1] ["b" 2]])))
(list (zip #* [[1 2] [3 4]]))
[(max [1 5 3] :key (fn [x] (- x))) (min ["aa" "b"] :key len) (max [] :default 0)]
(do (setv xs [5 3 8 1]) (defn qsort [xs] (if (not xs) [] (do (setv [p #* r] xs) (+ (qsort (lfor x r :if (< x p) x)) [p] (qsort (lfor x r :if (>= x p) x)))))) (qsort xs))
(do (setv xs [1 2 3 4 5 6 7]) (defn find [xs x] (setv lo 0 hi (len xs)) (while (< lo hi) (setv mid (// (+ lo hi) 2)) (if (< (get xs mid) x) (setv lo (+ mid 1)) (setv hi mid))) lo) [(find xs 4) (find xs 0) (find xs 9)])
