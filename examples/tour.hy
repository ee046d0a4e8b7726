;; A tour: the chemical elements are parsed by a package of npm, gathered in Lua, fitted by numpy,
;; and rendered by another package of npm. One process, and every call is a function call.
;;
;;   polyhy run examples/tour.hy

(require polyhy * :readers *)

(import-from "npm"
  papaparse :as csv
  marked [marked])
(import-from "pypi"
  numpy :as np)
(import-from "lua" "./tour.lua" :as tour)
(import pathlib [Path])

;; JavaScript: keywords are its options object, and a Python function is a function there.
(setv text (.read-text (/ (. (Path __file__) parent) "elements.csv")))
(setv parsed
  (csv.parse text
    :header True
    :skipEmptyLines True
    :dynamicTyping (fn [column] (in column ["number" "period" "mass"]))))
(setv elements (get parsed "data"))
(print (len elements) "elements, the last:" (get elements -1 "name"))

;; Lua: a list of dicts is a table of tables there, and comes back as a list of dicts.
(setv periods (tour.gather elements "period"))
(for [p periods]
  (print f"period {(get p "key")}: {(get p "count") :3} elements,"
         (get p "lightest") "to" (get p "heaviest")))

;; Python: what an element's mass grows by with its number.
(setv #(slope _)
  (np.polyfit
    (lfor  e elements  (get e "number"))
    (lfor  e elements  (get e "mass"))
    1))
(print f"each proton adds {slope :.2f} units of mass")

;; JavaScript again: Markdown to HTML, written to a file.
(setv rows
  (lfor
    p periods
    f"| {(get p "key")} | {(get p "count")} | {(get p "mean") :.1f} |"))
(setv page
  (marked
    (.join "\n" ["# Elements" "" "| period | count | mean mass |" "|---|---|---|" #* rows])))
(.write-text (Path "elements.html") page)
(print "elements.html:" (.count page "<tr>") "rows")

;; Output:
;; 118 elements, the last: Oganesson
;; period 1:   2 elements, H to He
;; period 2:   8 elements, Li to Ne
;; period 3:   8 elements, Na to Ar
;; period 4:  18 elements, K to Kr
;; period 5:  18 elements, Rb to Xe
;; period 6:  32 elements, Cs to Rn
;; period 7:  32 elements, Fr to Og
;; each proton adds 2.62 units of mass
;; elements.html: 8 rows
