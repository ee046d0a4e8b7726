;; A module of Lisp: its name, the packages it needs, and what it gives. A project that adds the
;; folder of this file (`polyhy add ./examples`) gets what it requires into its own lock.
(require polyhy *)

(module :name "elements-report"
  :requires ["npm:papaparse@^5"]
  :exports [heaviest])

(import
  pathlib [Path])
(import-from "npm"
  papaparse :as csv)

(setv FILE (/ (. (Path __file__) parent) "elements.csv"))

(defn heaviest [n]
  "The names of the `n` heaviest elements."
  (setv options {"header" True  "dynamicTyping" True  "skipEmptyLines" True})
  (setv rows (.get (csv.parse (.read-text FILE) options) "data"))
  (setv by-mass (sorted rows :key (fn [row] (get row "mass")) :reverse True))
  (lfor  row (cut by-mass n)  (get row "name")))

(when (= __name__ "__main__")
  (print "exports:" #* __all__)
  (print (.join ", " (heaviest 3))))

;; Output:
;; exports: heaviest
;; Tennessine, Oganesson, Livermorium
