;; The loops of raster.js over many pixels, four pixels at a time. scalar_kernel.js has the same loops in
;; JavaScript, and line_coverage.js explains the names. `make kernels` assembles this file.
(module
  (memory (export "memory") 1)

  ;; ofStrip of line_coverage.js, along each row.
  (func (export "strokeStrip")
    (param $stride i32)               ;; bytes
    (param $left i32) (param $right i32) (param $top i32) (param $bottom i32)
    (param $distance_at_origin f64) (param $distance_per_column f64) (param $distance_per_row f64)
    (param $columns_per_distance f64)
    (param $reach f64) (param $rise f32) (param $thickness f32) (param $opacity f32)
    (local $row_at i32)               ;; address of the row
    (local $rows_end i32)             ;; address after the last row
    (local $row_distance f64)         ;; of the pixel in the row and in column 0
    (local $half_spans v128)          ;; float64: minus and plus half of the columns of the strip
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
    (local $reaches v128)
    (local $rises v128)
    (local $thicknesses v128)
    (local $max_depths v128)
    (local $depth v128)
    (local $part v128)                ;; of the depth
    (local $sum v128)                 ;; of the squares of parts; then the opacity times the coverage
    (local $opacities v128)
    (local $scale v128)               ;; of the squares
    (local $plane v128)
    (local.set $half_spans
      (f64x2.splat
        (f64.mul (local.get $reach) (f64.abs (local.get $columns_per_distance)))))
    (local.set $half_spans
      (f64x2.replace_lane 0 (local.get $half_spans)
        (f64.neg (f64x2.extract_lane 0 (local.get $half_spans)))))
    (local.set $lefts (f64x2.splat (f64.convert_i32_s (local.get $left))))
    (local.set $rights (f64x2.splat (f64.convert_i32_s (local.get $right))))
    (local.set $distance_per_step (f64.mul (f64.const 4) (local.get $distance_per_column)))
    (local.set $distances_in_step
      (f32x4.mul
        (f32x4.splat (f32.demote_f64 (local.get $distance_per_column)))
        (v128.const f32x4 0 1 2 3)))
    (local.set $reaches (f32x4.splat (f32.demote_f64 (local.get $reach))))
    (local.set $rises (f32x4.splat (local.get $rise)))
    (local.set $thicknesses (f32x4.splat (local.get $thickness)))
    (local.set $max_depths
      (f32x4.splat
        (f32.add (local.get $rise) (f32.min (f32.const 1) (local.get $thickness)))))
    (local.set $opacities (f32x4.splat (local.get $opacity)))
    (local.set $scale
      (f32x4.splat (f32.div (local.get $opacity) (f32.mul (f32.const 2) (local.get $rise)))))
    (local.set $row_distance
      (f64.add (local.get $distance_at_origin)
        (f64.mul (f64.convert_i32_s (local.get $top)) (local.get $distance_per_row))))
    (local.set $row_at (i32.mul (local.get $top) (local.get $stride)))
    (local.set $rows_end (i32.mul (local.get $bottom) (local.get $stride)))
    (loop $next_row
      (local.set $range
        (f64x2.pmin (local.get $rights)
          (f64x2.pmax (local.get $lefts)
            (f64x2.ceil
              (f64x2.sub (local.get $half_spans)
                (f64x2.splat
                  (f64.mul (local.get $row_distance) (local.get $columns_per_distance))))))))
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
            (f64.add (local.get $row_distance)
              (f64.mul
                (f64x2.extract_lane 0 (local.get $range))
                (local.get $distance_per_column))))
          (loop $next_step
            (local.set $distances
              (f32x4.add (local.get $distances_in_step)
                (f32x4.splat (f32.demote_f64 (local.get $distance)))))
            (local.set $depth
              (f32x4.pmax (v128.const f32x4 0 0 0 0)
                (f32x4.pmin (local.get $max_depths)
                  (f32x4.sub (local.get $reaches) (f32x4.abs (local.get $distances))))))
            (local.set $part (f32x4.pmin (local.get $rises) (local.get $depth)))
            (local.set $sum (f32x4.mul (local.get $part) (local.get $part)))
            (local.set $part
              (f32x4.pmax (v128.const f32x4 0 0 0 0)
                (f32x4.sub (local.get $depth) (v128.const f32x4 1 1 1 1))))
            (local.set $sum
              (f32x4.sub (local.get $sum) (f32x4.mul (local.get $part) (local.get $part))))
            (local.set $part
              (f32x4.pmax (v128.const f32x4 0 0 0 0)
                (f32x4.sub (local.get $depth) (local.get $thicknesses))))
            (local.set $sum
              (f32x4.sub (local.get $sum) (f32x4.mul (local.get $part) (local.get $part))))
            (local.set $sum
              (f32x4.add
                (f32x4.mul (local.get $scale) (local.get $sum))
                (f32x4.mul (local.get $opacities)
                  (f32x4.pmax (v128.const f32x4 0 0 0 0)
                    (f32x4.sub (local.get $depth) (local.get $rises))))))
            ;; The pixels of the last step that are not in the range do not change.
            (if (i32.lt_s (i32.sub (local.get $end) (local.get $at)) (i32.const 16))
              (then
                (local.set $sum
                  (v128.and (local.get $sum)
                    (i32x4.gt_s
                      (i32x4.splat (i32.sub (local.get $end) (local.get $at)))
                      (v128.const i32x4 0 4 8 12))))))
            (local.set $plane (v128.load (local.get $at)))
            (v128.store (local.get $at)
              (f32x4.sub (local.get $plane)
                (f32x4.mul (local.get $plane) (local.get $sum))))
            (local.set $distance (f64.add (local.get $distance) (local.get $distance_per_step)))
            (local.set $at (i32.add (local.get $at) (i32.const 16)))
            (br_if $next_step (i32.lt_s (local.get $at) (local.get $end))))))
      (local.set $row_distance (f64.add (local.get $row_distance) (local.get $distance_per_row)))
      (local.set $row_at (i32.add (local.get $row_at) (local.get $stride)))
      (br_if $next_row (i32.lt_s (local.get $row_at) (local.get $rows_end)))))

  (func $vector (param $a f32) (param $b f32) (param $c f32) (param $d f32) (result v128)
    (f32x4.replace_lane 3
      (f32x4.replace_lane 2
        (f32x4.replace_lane 1 (f32x4.splat (local.get $a)) (local.get $b))
        (local.get $c))
      (local.get $d)))

  ;; ofLine of line_coverage.js in a box, four edges at a time: AB, BC, CD and DA. Edges are relative to
  ;; the pixel.
  (func (export "strokeEnd")
    (param $at i32)                   ;; address of the first pixel
    (param $num_u i32) (param $num_v i32)
    (param $bytes_per_u i32) (param $bytes_per_v i32)
    (param $ua f32) (param $ub f32) (param $uc f32) (param $ud f32)
    (param $distance_ab f32) (param $distance_bc f32) (param $distance_cd f32) (param $distance_da f32)
    (param $end_slope f32) (param $side_slope f32)
    (param $opacity f32)
    (local $slopes v128)
    (local $first_u v128)             ;; of the first pixel with this v: the corner where an edge begins
    (local $first_distance v128)      ;; the distance at u = 0
    (local $u v128)                   ;; the same of each pixel
    (local $distance v128)
    (local $pixel i32)                ;; address
    (local $pixels_left i32)          ;; with this v
    (local $begin v128)               ;; where an edge enters the pixel, along u
    (local $end v128)                 ;; where it leaves the pixel
    (local $width v128)
    (local $middle v128)              ;; distance from the middle of the edge
    (local $rise v128)
    (local $shorter v128)
    (local $depth v128)
    (local $triangle v128)
    (local $part v128)                ;; of the pixel, on one side of the edge
    (local.set $slopes
      (call $vector
        (local.get $end_slope) (local.get $side_slope)
        (local.get $end_slope) (local.get $side_slope)))
    (local.set $first_u
      (call $vector (local.get $ua) (local.get $ub) (local.get $uc) (local.get $ud)))
    (local.set $first_distance
      (call $vector
        (local.get $distance_ab) (local.get $distance_bc)
        (local.get $distance_cd) (local.get $distance_da)))
    (loop $next_v
      (local.set $u (local.get $first_u))
      (local.set $distance (local.get $first_distance))
      (local.set $pixel (local.get $at))
      (local.set $pixels_left (local.get $num_u))
      (loop $next_u
        (local.set $begin
          (f32x4.pmin (v128.const f32x4 1 1 1 1)
            (f32x4.pmax (v128.const f32x4 0 0 0 0) (local.get $u))))
        (local.set $end
          (i8x16.shuffle 4 5 6 7 8 9 10 11 12 13 14 15 0 1 2 3 (local.get $begin) (local.get $begin)))
        (local.set $width (f32x4.sub (local.get $end) (local.get $begin)))
        (local.set $middle
          (f32x4.sub (local.get $distance)
            (f32x4.mul
              (f32x4.mul (v128.const f32x4 0.5 0.5 0.5 0.5) (local.get $slopes))
              (f32x4.add (local.get $begin) (local.get $end)))))
        (local.set $rise
          (f32x4.pmax (v128.const f32x4 1e-6 1e-6 1e-6 1e-6)
            (f32x4.abs (f32x4.mul (local.get $slopes) (local.get $width)))))
        (local.set $shorter (f32x4.pmin (v128.const f32x4 1 1 1 1) (local.get $rise)))
        (local.set $depth
          (f32x4.sub
            (f32x4.mul (v128.const f32x4 0.5 0.5 0.5 0.5)
              (f32x4.add (v128.const f32x4 1 1 1 1) (local.get $rise)))
            (f32x4.abs (local.get $middle))))
        (local.set $triangle
          (f32x4.pmax (v128.const f32x4 0 0 0 0)
            (f32x4.pmin (local.get $shorter) (local.get $depth))))
        (local.set $part
          (f32x4.div
            (f32x4.add
              (f32x4.mul (v128.const f32x4 0.5 0.5 0.5 0.5)
                (f32x4.mul (local.get $triangle) (local.get $triangle)))
              (f32x4.mul (local.get $shorter)
                (f32x4.pmax (v128.const f32x4 0 0 0 0)
                  (f32x4.sub (local.get $depth) (local.get $shorter)))))
            (local.get $rise)))
        (local.set $part
          (f32x4.mul (local.get $width)
            (v128.bitselect
              (f32x4.sub (v128.const f32x4 1 1 1 1) (local.get $part))
              (local.get $part)
              (f32x4.gt (local.get $middle) (v128.const f32x4 0 0 0 0)))))
        ;; The sum over the edges: of two pairs, then of both.
        (local.set $part
          (f32x4.add (local.get $part)
            (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7
              (local.get $part) (local.get $part))))
        (f32.store (local.get $pixel)
          (f32.mul (f32.load (local.get $pixel))
            (f32.sub (f32.const 1)
              (f32.mul (local.get $opacity)
                (f32.abs
                  (f32.add
                    (f32x4.extract_lane 0 (local.get $part))
                    (f32x4.extract_lane 1 (local.get $part))))))))
        (local.set $u (f32x4.sub (local.get $u) (v128.const f32x4 1 1 1 1)))
        (local.set $distance (f32x4.sub (local.get $distance) (local.get $slopes)))
        (local.set $pixel (i32.add (local.get $pixel) (local.get $bytes_per_u)))
        (local.set $pixels_left (i32.sub (local.get $pixels_left) (i32.const 1)))
        (br_if $next_u (local.get $pixels_left)))
      (local.set $first_distance
        (f32x4.add (local.get $first_distance) (v128.const f32x4 1 1 1 1)))
      (local.set $at (i32.add (local.get $at) (local.get $bytes_per_v)))
      (local.set $num_v (i32.sub (local.get $num_v) (i32.const 1)))
      (br_if $next_v (local.get $num_v))))

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
