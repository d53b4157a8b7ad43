;; Dot products of one vector with many, four numbers at a time. dot_products.js has the same loop in
;; JavaScript. `make kernels` assembles this file.
(module
  (memory (export "memory") 1)

  ;; out[i] = vectors[i] · vector. `vectors`, `vector` and `out` are addresses of float32 numbers. A
  ;; vector has `dim` numbers; `vectors` has `count` vectors, and `out` has `count` numbers.
  (func (export "dots")
    (param $vectors i32) (param $count i32) (param $dim i32) (param $vector i32) (param $out i32)
    (local $end i32)       ;; end of out
    (local $at i32)        ;; address of the current number of vector
    (local $fours i32)     ;; end of the last complete group of four in vector
    (local $vector_end i32)
    (local $sums v128)
    (local $sum f32)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $vector_end
      (i32.add (local.get $vector) (i32.shl (local.get $dim) (i32.const 2))))
    (local.set $fours
      (i32.add (local.get $vector)
        (i32.shl (i32.and (local.get $dim) (i32.const -4)) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (local.set $at (local.get $vector))
        (local.set $sums (v128.const f32x4 0 0 0 0))
        (block $no_fours
          (loop $four
            (br_if $no_fours (i32.ge_u (local.get $at) (local.get $fours)))
            (local.set $sums
              (f32x4.add (local.get $sums)
                (f32x4.mul (v128.load (local.get $vectors)) (v128.load (local.get $at)))))
            (local.set $vectors (i32.add (local.get $vectors) (i32.const 16)))
            (local.set $at (i32.add (local.get $at) (i32.const 16)))
            (br $four)))
        (local.set $sum
          (f32.add
            (f32.add
              (f32x4.extract_lane 0 (local.get $sums)) (f32x4.extract_lane 1 (local.get $sums)))
            (f32.add
              (f32x4.extract_lane 2 (local.get $sums)) (f32x4.extract_lane 3 (local.get $sums)))))
        (block $no_ones
          (loop $one
            (br_if $no_ones (i32.ge_u (local.get $at) (local.get $vector_end)))
            (local.set $sum
              (f32.add (local.get $sum)
                (f32.mul (f32.load (local.get $vectors)) (f32.load (local.get $at)))))
            (local.set $vectors (i32.add (local.get $vectors) (i32.const 4)))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (br $one)))
        (f32.store (local.get $out) (local.get $sum))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br $next)))))
