;; The loops of raster.js over many pixels, four pixels at a time. scalar_kernel.js has the same loops in
;; JavaScript, and line_coverage.js explains the names. `make kernels` assembles this file.
(module
  (memory (export "memory") 1)

  ;; Return the part of four pixels inside an edge. Of the two parts of a pixel, the smaller one is a
  ;; triangle while `depth` is less than the rise of the edge in the pixel.
  (func $inside_edge
    (param $distance v128)
    (param $rise v128)      ;; 2 * halfRise, more than 0 and at most 1
    (param $reach v128)     ;; 0.5 + halfRise
    (result v128)
    (local $depth v128)     ;; distance of the edge from the nearest corner of the pixel
    (local $triangle v128)
    (local $smaller v128)
    (local.set $depth (f32x4.sub (local.get $reach) (f32x4.abs (local.get $distance))))
    (local.set $triangle
      (f32x4.pmax (v128.const f32x4 0 0 0 0)
        (f32x4.pmin (local.get $rise) (local.get $depth))))
    (local.set $smaller
      (f32x4.add
        (f32x4.div
          (f32x4.mul (local.get $triangle) (local.get $triangle))
          (f32x4.add (local.get $rise) (local.get $rise)))
        (f32x4.pmax (v128.const f32x4 0 0 0 0)
          (f32x4.sub (local.get $depth) (local.get $rise)))))
    (v128.bitselect
      (f32x4.sub (v128.const f32x4 1 1 1 1) (local.get $smaller))
      (local.get $smaller)
      (f32x4.gt (local.get $distance) (v128.const f32x4 0 0 0 0))))

  (func (export "strokeStrip")
    (param $stride i32)               ;; bytes
    (param $left i32) (param $right i32) (param $top i32) (param $bottom i32)
    (param $column_at_origin f64) (param $column_per_row f64) (param $half_span f64)
    (param $distance_at_origin f64) (param $distance_per_column f64) (param $distance_per_row f64)
    (param $half_width f32) (param $half_rise f32) (param $opacity f32)
    (local $row f64)
    (local $end_row f64)
    (local $row_at i32)               ;; address of the row
    (local $half_spans v128)          ;; float64: minus and plus $half_span
    (local $lefts v128)               ;; float64 [2]
    (local $rights v128)
    (local $range v128)               ;; float64 [2]: the first column in the row, and one past the last
    (local $whole_range v128)         ;; the same as int32
    (local $at i32)                   ;; address of a step
    (local $end i32)                  ;; address after the last pixel in the row
    (local $distance f64)             ;; of the first pixel of a step
    (local $distance_per_step f64)
    (local $distances_in_step v128)   ;; from the first pixel of a step to each
    (local $distances v128)
    (local $rise v128)
    (local $reach v128)
    (local $is_thin i32)              ;; whether both sides can pass through one pixel
    (local $coverage v128)
    (local.set $half_spans
      (f64x2.replace_lane 0
        (f64x2.splat (local.get $half_span)) (f64.neg (local.get $half_span))))
    (local.set $lefts (f64x2.splat (f64.convert_i32_s (local.get $left))))
    (local.set $rights (f64x2.splat (f64.convert_i32_s (local.get $right))))
    (local.set $distance_per_step (f64.mul (f64.const 4) (local.get $distance_per_column)))
    (local.set $distances_in_step
      (f32x4.mul
        (f32x4.splat (f32.demote_f64 (local.get $distance_per_column)))
        (v128.const f32x4 0 1 2 3)))
    ;; The minimum avoids a division by 0, and changes a coverage by less than itself.
    (local.set $rise
      (f32x4.splat (f32.max (f32.const 1e-6) (f32.mul (f32.const 2) (local.get $half_rise)))))
    (local.set $reach (f32x4.splat (f32.add (f32.const 0.5) (local.get $half_rise))))
    (local.set $is_thin
      (f32.lt (local.get $half_width) (f32.add (f32.const 0.5) (local.get $half_rise))))
    (local.set $row (f64.convert_i32_s (local.get $top)))
    (local.set $end_row (f64.convert_i32_s (local.get $bottom)))
    (local.set $row_at (i32.mul (local.get $top) (local.get $stride)))
    (loop $next_row
      (local.set $range
        (f64x2.pmin (local.get $rights)
          (f64x2.pmax (local.get $lefts)
            (f64x2.ceil
              (f64x2.add (local.get $half_spans)
                (f64x2.splat
                  (f64.add (local.get $column_at_origin)
                    (f64.mul (local.get $row) (local.get $column_per_row)))))))))
      (local.set $whole_range (i32x4.trunc_sat_f64x2_s_zero (local.get $range)))
      (local.set $at
        (i32.add (local.get $row_at)
          (i32.shl (i32x4.extract_lane 0 (local.get $whole_range)) (i32.const 2))))
      (local.set $end
        (i32.add (local.get $row_at)
          (i32.shl (i32x4.extract_lane 1 (local.get $whole_range)) (i32.const 2))))
      (if (i32.lt_s (local.get $at) (local.get $end))
        (then
          (local.set $distance
            (f64.add (local.get $distance_at_origin)
              (f64.add
                (f64.mul (local.get $row) (local.get $distance_per_row))
                (f64.mul
                  (f64x2.extract_lane 0 (local.get $range))
                  (local.get $distance_per_column)))))
          (loop $next_step
            (local.set $distances
              (f32x4.abs
                (f32x4.add (local.get $distances_in_step)
                  (f32x4.splat (f32.demote_f64 (local.get $distance))))))
            (local.set $coverage
              (call $inside_edge
                (f32x4.sub (f32x4.splat (local.get $half_width)) (local.get $distances))
                (local.get $rise) (local.get $reach)))
            (if (local.get $is_thin)
              (then
                (local.set $coverage
                  (f32x4.sub (local.get $coverage)
                    (call $inside_edge
                      (f32x4.sub
                        (f32x4.splat (f32.neg (local.get $half_width))) (local.get $distances))
                      (local.get $rise) (local.get $reach))))))
            ;; The pixels of the last step that are not in the range do not change.
            (local.set $coverage
              (v128.and (local.get $coverage)
                (i32x4.gt_s
                  (i32x4.splat (i32.sub (local.get $end) (local.get $at)))
                  (v128.const i32x4 0 4 8 12))))
            (v128.store (local.get $at)
              (f32x4.mul
                (v128.load (local.get $at))
                (f32x4.sub
                  (v128.const f32x4 1 1 1 1)
                  (f32x4.mul (f32x4.splat (local.get $opacity)) (local.get $coverage)))))
            (local.set $distance (f64.add (local.get $distance) (local.get $distance_per_step)))
            (local.set $at (i32.add (local.get $at) (i32.const 16)))
            (br_if $next_step (i32.lt_s (local.get $at) (local.get $end))))))
      (local.set $row (f64.add (local.get $row) (f64.const 1)))
      (local.set $row_at (i32.add (local.get $row_at) (local.get $stride)))
      (br_if $next_row (f64.lt (local.get $row) (local.get $end_row)))))

  ;; meanOfPositive of line_coverage.js.
  (func $mean_of_positive (param $middle f64) (param $half f64) (result f64)
    (local $depth f64)
    (if (f64.le (local.get $middle) (f64.neg (local.get $half))) (then (return (f64.const 0))))
    (if (f64.ge (local.get $middle) (local.get $half)) (then (return (local.get $middle))))
    (local.set $depth (f64.add (local.get $middle) (local.get $half)))
    (f64.div
      (f64.mul (local.get $depth) (local.get $depth))
      (f64.mul (f64.const 4) (local.get $half))))

  (func $between_0_and_1 (param $number f64) (result f64)
    (f64.min (f64.const 1) (f64.max (f64.const 0) (local.get $number))))

  ;; areaBelow of line_coverage.js.
  (func $area_below (param $x1 f64) (param $y1 f64) (param $x2 f64) (param $y2 f64) (result f64)
    (local $begin f64)
    (local $width f64)
    (local $slope f64)
    (local $height f64)
    (local $half f64)
    (local.set $begin (call $between_0_and_1 (local.get $x1)))
    (local.set $width (f64.sub (call $between_0_and_1 (local.get $x2)) (local.get $begin)))
    (if (f64.eq (local.get $width) (f64.const 0)) (then (return (f64.const 0))))
    (local.set $slope
      (f64.div (f64.sub (local.get $y2) (local.get $y1)) (f64.sub (local.get $x2) (local.get $x1))))
    (local.set $half (f64.mul (f64.const 0.5) (local.get $width)))
    (local.set $height
      (f64.sub
        (f64.sub (f64.const 1) (local.get $y1))
        (f64.mul (local.get $slope)
          (f64.sub (f64.add (local.get $begin) (local.get $half)) (local.get $x1)))))
    (local.set $half (f64.abs (f64.mul (local.get $slope) (local.get $half))))
    (f64.mul (local.get $width)
      (f64.sub
        (call $mean_of_positive (local.get $height) (local.get $half))
        (call $mean_of_positive (f64.sub (local.get $height) (f64.const 1)) (local.get $half)))))

  (func (export "strokeEnd")
    (param $stride i32)               ;; bytes
    (param $left i32) (param $right i32) (param $top i32) (param $bottom i32)
    (param $ax f64) (param $ay f64) (param $bx f64) (param $by f64)
    (param $cx f64) (param $cy f64) (param $dx f64) (param $dy f64)
    (param $distance_at_origin f64) (param $distance_per_column f64) (param $distance_per_row f64)
    (param $outer_distance f64) (param $opacity f64)
    (local $column i32)
    (local $at i32)
    (local $x f64)
    (local $y f64)
    (loop $next_row
      (local.set $y (f64.convert_i32_s (local.get $top)))
      (local.set $column (local.get $left))
      (loop $next_column
        (local.set $x (f64.convert_i32_s (local.get $column)))
        (if
          (f64.lt
            (f64.abs
              (f64.add (local.get $distance_at_origin)
                (f64.add
                  (f64.mul (local.get $y) (local.get $distance_per_row))
                  (f64.mul (local.get $x) (local.get $distance_per_column)))))
            (local.get $outer_distance))
          (then
            (local.set $at
              (i32.add
                (i32.mul (local.get $top) (local.get $stride))
                (i32.shl (local.get $column) (i32.const 2))))
            (f32.store (local.get $at)
              (f32.mul
                (f32.load (local.get $at))
                (f32.demote_f64
                  (f64.sub
                    (f64.const 1)
                    (f64.mul (local.get $opacity)
                      (f64.abs
                        (f64.add
                          (f64.add
                            (call $area_below
                              (f64.sub (local.get $ax) (local.get $x))
                              (f64.sub (local.get $ay) (local.get $y))
                              (f64.sub (local.get $bx) (local.get $x))
                              (f64.sub (local.get $by) (local.get $y)))
                            (call $area_below
                              (f64.sub (local.get $bx) (local.get $x))
                              (f64.sub (local.get $by) (local.get $y))
                              (f64.sub (local.get $cx) (local.get $x))
                              (f64.sub (local.get $cy) (local.get $y))))
                          (f64.add
                            (call $area_below
                              (f64.sub (local.get $cx) (local.get $x))
                              (f64.sub (local.get $cy) (local.get $y))
                              (f64.sub (local.get $dx) (local.get $x))
                              (f64.sub (local.get $dy) (local.get $y)))
                            (call $area_below
                              (f64.sub (local.get $dx) (local.get $x))
                              (f64.sub (local.get $dy) (local.get $y))
                              (f64.sub (local.get $ax) (local.get $x))
                              (f64.sub (local.get $ay) (local.get $y)))))))))))))
        (local.set $column (i32.add (local.get $column) (i32.const 1)))
        (br_if $next_column (i32.lt_s (local.get $column) (local.get $right))))
      (local.set $top (i32.add (local.get $top) (i32.const 1)))
      (br_if $next_row (i32.lt_s (local.get $top) (local.get $bottom)))))

  (func (export "composite")
    (param $plane i32) (param $end i32) ;; addresses
    (param $offset i32)                 ;; from the plane to red, from red to green, and to blue
    (param $red f32) (param $green f32) (param $blue f32)
    (local $block_end i32)
    (local $through v128)
    (local $at i32)
    (loop $next_block
      (local.set $block_end (i32.add (local.get $plane) (i32.const 64)))
      ;; A block of 16 pixels without lines does not change.
      (if
        (i32.eqz
          (i32x4.all_true
            (v128.and
              (v128.and
                (f32x4.eq (v128.load (local.get $plane)) (v128.const f32x4 1 1 1 1))
                (f32x4.eq (v128.load offset=16 (local.get $plane)) (v128.const f32x4 1 1 1 1)))
              (v128.and
                (f32x4.eq (v128.load offset=32 (local.get $plane)) (v128.const f32x4 1 1 1 1))
                (f32x4.eq
                  (v128.load offset=48 (local.get $plane)) (v128.const f32x4 1 1 1 1))))))
        (then
          (loop $next_step
            (local.set $through (v128.load (local.get $plane)))
            (v128.store (local.get $plane) (v128.const f32x4 1 1 1 1))
            (local.set $at (i32.add (local.get $plane) (local.get $offset)))
            (v128.store (local.get $at)
              (f32x4.add (f32x4.splat (local.get $red))
                (f32x4.mul (local.get $through)
                  (f32x4.sub (v128.load (local.get $at)) (f32x4.splat (local.get $red))))))
            (local.set $at (i32.add (local.get $at) (local.get $offset)))
            (v128.store (local.get $at)
              (f32x4.add (f32x4.splat (local.get $green))
                (f32x4.mul (local.get $through)
                  (f32x4.sub (v128.load (local.get $at)) (f32x4.splat (local.get $green))))))
            (local.set $at (i32.add (local.get $at) (local.get $offset)))
            (v128.store (local.get $at)
              (f32x4.add (f32x4.splat (local.get $blue))
                (f32x4.mul (local.get $through)
                  (f32x4.sub (v128.load (local.get $at)) (f32x4.splat (local.get $blue))))))
            (local.set $plane (i32.add (local.get $plane) (i32.const 16)))
            (br_if $next_step (i32.lt_u (local.get $plane) (local.get $block_end))))))
      (local.set $plane (local.get $block_end))
      (br_if $next_block (i32.lt_u (local.get $plane) (local.get $end)))))

  (func (export "round")
    (param $red i32) (param $green i32) (param $blue i32) (param $bytes i32) ;; addresses
    (param $end i32) ;; of the bytes
    (loop $next_step
      (v128.store (local.get $bytes)
        (v128.or
          (v128.or (v128.const i32x4 0xff000000 0xff000000 0xff000000 0xff000000)
            (call $whole (local.get $red)))
          (v128.or
            (i32x4.shl (call $whole (local.get $green)) (i32.const 8))
            (i32x4.shl (call $whole (local.get $blue)) (i32.const 16)))))
      (local.set $red (i32.add (local.get $red) (i32.const 16)))
      (local.set $green (i32.add (local.get $green) (i32.const 16)))
      (local.set $blue (i32.add (local.get $blue) (i32.const 16)))
      (local.set $bytes (i32.add (local.get $bytes) (i32.const 16)))
      (br_if $next_step (i32.lt_u (local.get $bytes) (local.get $end)))))

  (func $whole (param $at i32) (result v128)
    (i32x4.trunc_sat_f32x4_u (f32x4.nearest (v128.load (local.get $at))))))
