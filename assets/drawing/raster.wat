;; Renders straight lines, four pixels at a time. assets/drawing/raster.js embeds this file in assembled
;; form; tests/js/raster.test.js compares the two.
;;
;; The pixels are those of a Chromium canvas without a GPU, in less than half the time. BertViz draws on
;; such a canvas, and thousands of faint lines make the smallest difference visible. So exact coverage
;; is not enough: this file rounds wherever that canvas rounds, and a comment marks each place. Measured
;; in Chromium 156; guarded by tests/browser/bertviz/test_pixels.py.
(module
  ;; The picture: RGBA, one byte per channel, [row, column]. A step of four pixels that begins with the
  ;; last pixel also writes the three pixels after the picture, unchanged, so memory must include them.
  (memory (export "memory") 1)
  (global $columns (mut i32) (i32.const 0))
  (global $rows (mut i32) (i32.const 0))

  ;; Start a picture of one color. Memory must be large enough for it.
  (func (export "clear") (param $columns i32) (param $rows i32) (param $rgba i32)
    (local $at i32)
    (local $end i32)
    (global.set $columns (local.get $columns))
    (global.set $rows (local.get $rows))
    (local.set $end
      (i32.shl (i32.mul (local.get $columns) (local.get $rows)) (i32.const 2)))
    (loop $next
      (v128.store (local.get $at) (i32x4.splat (local.get $rgba)))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end)))))

  ;; Return the area of a pixel on the side of an edge that has less of it, in 255ths. Projected along
  ;; the edge, a pixel is a trapezoid: its sides slant over the shorter of the edge's sine and cosine.
  ;; Like the canvas, round where an edge enters and leaves a row to a 16th of a pixel, and round the
  ;; area down.
  (func $smaller_share
    (param $depth v128)   ;; distance of the edge from the pixel's nearest corner, in 16ths
    (param $shorter v128)
    (param $slant v128)   ;; half of the slope of the sides: 255 / (2 * longer * shorter)
    (param $height v128)  ;; height of the trapezoid: 255 / longer
    (result v128)
    (local $slanted v128) ;; the part of the depth where a side slants
    (local.set $slanted
      (f32x4.pmax (v128.const f32x4 0 0 0 0)
        (f32x4.pmin (local.get $shorter) (f32x4.nearest (local.get $depth)))))
    (f32x4.floor
      (f32x4.add
        (f32x4.mul (local.get $slant) (f32x4.mul (local.get $slanted) (local.get $slanted)))
        (f32x4.mul (local.get $height)
          (f32x4.pmax (v128.const f32x4 0 0 0 0)
            (f32x4.sub (local.get $depth) (local.get $shorter)))))))

  ;; Return the area of a pixel beyond an edge, in 255ths, from the distance of the pixel's center beyond
  ;; the edge and the smaller of the two areas.
  (func $share (param $beyond v128) (param $smaller v128) (result v128)
    (v128.bitselect
      (f32x4.sub (v128.const f32x4 255 255 255 255) (local.get $smaller))
      (local.get $smaller)
      (f32x4.gt (local.get $beyond) (v128.const f32x4 0 0 0 0))))

  ;; Return four pixels composited with a color, rounded like the canvas. Red and blue are computed in
  ;; one register, green and alpha in another: int16 [pixel, 2], 0 to 255.
  (func $over (param $pixels v128) (param $red_blue v128) (param $green_alpha v128)
    (param $parts v128) ;; int32 [pixel]: coverage by the line, in 256ths
    (param $kept v128)  ;; mask of the bits of color times coverage that are not rounded off
    (result v128)
    (local $left v128)  ;; visible part of the pixel below, in 256ths
    (local.set $parts
      (i8x16.shuffle 0 1 0 1 4 5 4 5 8 9 8 9 12 13 12 13 (local.get $parts) (local.get $parts)))
    (local.set $red_blue
      (v128.and (local.get $kept) (i16x8.mul (local.get $red_blue) (local.get $parts))))
    (local.set $green_alpha
      (v128.and (local.get $kept) (i16x8.mul (local.get $green_alpha) (local.get $parts))))
    (local.set $left
      (i32x4.shr_u
        (v128.xor (local.get $green_alpha) (v128.const i32x4 -1 -1 -1 -1))
        (i32.const 16)))
    (local.set $left
      (i32x4.shr_u
        (i32x4.add (local.get $left) (i32x4.shr_u (local.get $left) (i32.const 8)))
        (i32.const 8)))
    (local.set $left
      (i8x16.shuffle 0 1 0 1 4 5 4 5 8 9 8 9 12 13 12 13 (local.get $left) (local.get $left)))
    (v128.or
      (i16x8.shr_u
        (i16x8.add (local.get $red_blue)
          (i16x8.mul (local.get $left)
            (v128.and (local.get $pixels) (v128.const i32x4 0xff00ff 0xff00ff 0xff00ff 0xff00ff))))
        (i32.const 8))
      (v128.andnot
        (i16x8.add (local.get $green_alpha)
          (i16x8.mul (local.get $left) (i16x8.shr_u (local.get $pixels) (i32.const 8))))
        (v128.const i32x4 0xff00ff 0xff00ff 0xff00ff 0xff00ff))))

  (func $hypotenuse (param $x f32) (param $y f32) (result f32)
    (f32.sqrt
      (f32.add
        (f32.mul (local.get $x) (local.get $x))
        (f32.mul (local.get $y) (local.get $y)))))

  (func $quarter (param $number f32) (result f32)
    (f32.mul (f32.const 0.25)
      (f32.floor (f32.add (f32.const 0.5) (f32.mul (f32.const 4) (local.get $number))))))

  ;; Return a color multiplied by an opacity, rounded to 255ths.
  (func $premultiplied (param $rgba i32) (param $opacity f32) (result i32)
    (local $channels v128) ;; float32
    (local.set $channels
      (f32x4.mul
        (f32x4.splat
          (f32.div
            (f32.nearest (f32.mul (local.get $opacity) (f32.const 255)))
            (f32.const 255)))
        (f32x4.convert_i32x4_u
          (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (i32x4.splat (local.get $rgba)))))))
    (local.set $channels (i32x4.trunc_sat_f32x4_u (f32x4.nearest (local.get $channels))))
    (local.set $channels (i16x8.narrow_i32x4_u (local.get $channels) (local.get $channels)))
    (i32x4.extract_lane 0
      (i8x16.narrow_i16x8_u (local.get $channels) (local.get $channels))))

  ;; Stroke a line with butt caps. Coordinates and width are in pixels, x1 < x2.
  (func (export "stroke")
    (param $x1 f32) (param $y1 f32) (param $x2 f32) (param $y2 f32)
    (param $width f32) (param $rgba i32) (param $opacity f32)
    (local $radius f32)       ;; half of the width
    (local $top1 f32)         ;; corners at the beginning
    (local $bottom1 f32)
    (local $top2 f32)         ;; corners at the end
    (local $bottom2 f32)
    (local $length f32)
    (local $cos f32)
    (local $sin f32)
    (local $tilt f32)         ;; absolute value of the sine
    (local $is_level i32)
    (local $longer f32)       ;; the larger of cosine and tilt
    (local $shorter f32)      ;; the smaller of cosine and tilt
    (local $reach f32)        ;; distance from a pixel's center to its corner, across the line
    (local $left i32)         ;; the first column that the line can touch
    (local $right i32)        ;; one past the last column that the line can touch
    (local $row i32)          ;; the current row, at first the first that the line can touch
    (local $last_row i32)     ;; one past the last row that the line can touch
    (local $extent f32)       ;; columns that the line can touch in one row, on each side of its center
    (local $span i32)         ;; columns that the line can touch in one row
    (local $from i32)         ;; the first of these columns, in 65,536ths
    (local $from_step i32)    ;; change of $from per row
    (local $step f32)
    (local $unit f32)
    (local $reaches v128)
    (local $shorters v128)    ;; arguments of $smaller_share
    (local $slant v128)
    (local $height v128)
    (local $is_thin i32)      ;; whether both sides can pass through one pixel
    (local $near_end f32)     ;; position after which the end can cut off the last of four pixels
    (local $red_blue v128)    ;; arguments of $over
    (local $green_alpha v128)
    (local $is_end i32)       ;; whether an end can cut off one of four pixels
    (local $is_faint i32)     ;; whether the opacity is the smallest, 1 of 255
    (local $missing v128)     ;; uint8 [pixel, channel]
    (local $core f32)         ;; largest distance of the center of a pixel that is fully covered
    (local $column i32)
    (local $last_column i32)
    (local $at i32)
    (local $x f32)            ;; the first pixel's center, from the beginning of the line
    (local $y f32)
    (local $along f32)        ;; position of the first pixel's center along the line
    (local $across v128)      ;; distances of the centers from the line
    (local $inside v128)      ;; distances of the centers inside the nearer side or end
    (local $depth v128)
    (local $coverage v128)    ;; in 255ths
    (local $parts v128)       ;; in 256ths
    (local.set $rgba (call $premultiplied (local.get $rgba) (local.get $opacity)))
    (local.set $red_blue
      (v128.and
        (i32x4.splat (local.get $rgba))
        (v128.const i32x4 0xff00ff 0xff00ff 0xff00ff 0xff00ff)))
    (local.set $green_alpha (i16x8.shr_u (i32x4.splat (local.get $rgba)) (i32.const 8)))

    (local.set $radius (f32.mul (f32.const 0.5) (local.get $width)))
    (local.set $row
      (i32.trunc_sat_f32_s
        (f32.max (f32.const 0)
          (f32.sub
            (f32.min (local.get $y1) (local.get $y2))
            (f32.add (local.get $radius) (f32.const 1))))))
    (local.set $last_row
      (i32.trunc_sat_f32_s
        (f32.min (f32.convert_i32_s (global.get $rows))
          (f32.add
            (f32.max (local.get $y1) (local.get $y2))
            (f32.add (local.get $radius) (f32.const 2))))))
    (if (i32.ge_s (local.get $row) (local.get $last_row)) (then (return)))
    (local.set $left
      (i32.trunc_sat_f32_s
        (f32.max (f32.const 0)
          (f32.sub (local.get $x1) (f32.add (local.get $radius) (f32.const 1))))))
    (local.set $right
      (i32.trunc_sat_f32_s
        (f32.min (f32.convert_i32_s (global.get $columns))
          (f32.add (local.get $x2) (f32.add (local.get $radius) (f32.const 2))))))

    ;; Like the canvas, move each corner of the line vertically to the nearest quarter of a pixel. This
    ;; makes the line slightly thicker or thinner.
    (local.set $x (f32.sub (local.get $x2) (local.get $x1)))
    (local.set $length
      (call $hypotenuse (local.get $x) (f32.sub (local.get $y2) (local.get $y1))))
    (local.set $y (f32.div (f32.mul (local.get $radius) (local.get $x)) (local.get $length)))
    (local.set $top1 (call $quarter (f32.sub (local.get $y1) (local.get $y))))
    (local.set $bottom1 (call $quarter (f32.add (local.get $y1) (local.get $y))))
    (local.set $top2 (call $quarter (f32.sub (local.get $y2) (local.get $y))))
    (local.set $bottom2 (call $quarter (f32.add (local.get $y2) (local.get $y))))
    (local.set $y1 (f32.mul (f32.const 0.5) (f32.add (local.get $top1) (local.get $bottom1))))
    (local.set $y2 (f32.mul (f32.const 0.5) (f32.add (local.get $top2) (local.get $bottom2))))
    (local.set $y (f32.sub (local.get $y2) (local.get $y1)))
    (local.set $length (call $hypotenuse (local.get $x) (local.get $y)))
    (local.set $cos (f32.div (local.get $x) (local.get $length)))
    (local.set $sin (f32.div (local.get $y) (local.get $length)))
    (local.set $radius
      (f32.add
        (f32.mul (f32.mul (local.get $sin) (local.get $sin)) (local.get $radius))
        (f32.mul
          (f32.mul (f32.const 0.25) (local.get $cos))
          (f32.add
            (f32.sub (local.get $bottom1) (local.get $top1))
            (f32.sub (local.get $bottom2) (local.get $top2))))))

    ;; Use a tilt of at least a thousandth, to divide by it. The difference is not visible.
    (local.set $tilt (f32.abs (local.get $sin)))
    (local.set $is_level (f32.lt (local.get $tilt) (f32.const 0.001)))
    (if (local.get $is_level) (then (local.set $tilt (f32.const 0.001))))
    (local.set $longer (f32.max (local.get $cos) (local.get $tilt)))
    (local.set $shorter (f32.min (local.get $cos) (local.get $tilt)))
    (local.set $reach
      (f32.mul (f32.const 0.5) (f32.add (local.get $longer) (local.get $shorter))))

    ;; From here on, distances are measured horizontally, in 16ths of a pixel.
    (local.set $unit (f32.div (f32.const 16) (local.get $tilt)))
    (local.set $cos (f32.mul (local.get $cos) (local.get $unit)))
    (local.set $sin (f32.mul (local.get $sin) (local.get $unit)))
    (local.set $radius (f32.mul (local.get $radius) (local.get $unit)))
    (local.set $length (f32.mul (local.get $length) (local.get $unit)))
    (local.set $reach (f32.mul (local.get $reach) (local.get $unit)))
    (local.set $reaches (f32x4.splat (local.get $reach)))
    (local.set $shorter (f32.mul (local.get $shorter) (local.get $unit)))
    (local.set $shorters (f32x4.splat (local.get $shorter)))
    (local.set $height
      (f32x4.splat (f32.div (f32.const 255) (f32.mul (local.get $longer) (local.get $unit)))))
    (local.set $slant
      (f32x4.mul (local.get $height) (f32x4.splat (f32.div (f32.const 0.5) (local.get $shorter)))))
    (local.set $is_thin (f32.lt (local.get $radius) (local.get $reach)))
    (local.set $near_end
      (f32.sub (local.get $length)
        (f32.add (local.get $reach) (f32.mul (f32.const 3) (local.get $cos)))))

    ;; A line of the smallest opacity changes only pixels that it covers fully, or except for a 255th
    ;; where fractions are kept. It subtracts one minus its color from them. Half of the lines of a
    ;; head view have this opacity.
    (local.set $is_faint (i32.eq (i32.shr_u (local.get $rgba) (i32.const 24)) (i32.const 1)))
    (local.set $missing
      (i8x16.sub
        (v128.const i8x16 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1)
        (i32x4.splat (local.get $rgba))))
    (local.set $core
      (f32.add
        (f32.sub (local.get $radius) (f32.add (local.get $reach) (f32.const 0.5)))
        (f32.ceil
          (f32.sqrt
            (f32.div
              (select (f32.const 2) (f32.const 1) (f32.lt (local.get $cos) (f32.const 32)))
              (f32x4.extract_lane 0 (local.get $slant)))))))
    (if (i32.and (local.get $is_faint) (f32.le (local.get $core) (f32.const 0))) (then (return)))

    (if (local.get $is_level)
      (then
        (local.set $extent (f32.const 16000))) ;; more columns than any picture has
      (else
        (local.set $step
          (f32.copysign (f32.mul (f32.const 4096) (local.get $cos)) (local.get $sin)))
        (local.set $extent
          (f32.add
            (f32.div
              (select
                (local.get $core)
                (f32.add (local.get $radius) (local.get $reach))
                (local.get $is_faint))
              (f32.const 16))
            (f32.const 0.015625))))) ;; a 64th, for the rounding errors that $from accumulates
    (local.set $span
      (i32.add
        (i32.trunc_sat_f32_s (f32.mul (f32.const 2) (local.get $extent)))
        (i32.const 1)))
    (local.set $from_step (i32.trunc_sat_f32_s (local.get $step)))
    (local.set $y
      (f32.sub (f32.add (f32.convert_i32_s (local.get $row)) (f32.const 0.5)) (local.get $y1)))
    (local.set $from
      (i32.trunc_sat_f32_s
        (f32.add
          (f32.mul (local.get $y) (local.get $step))
          (f32.mul
            (f32.const 65536)
            (f32.sub (f32.add (local.get $x1) (f32.const 0.5)) (local.get $extent))))))

    (loop $next_row
      (local.set $column (i32.shr_s (local.get $from) (i32.const 16)))
      (local.set $last_column (i32.add (local.get $column) (local.get $span)))
      (local.set $column
        (select (local.get $left) (local.get $column)
          (i32.lt_s (local.get $column) (local.get $left))))
      (local.set $last_column
        (select (local.get $right) (local.get $last_column)
          (i32.gt_s (local.get $last_column) (local.get $right))))
      (if (i32.lt_s (local.get $column) (local.get $last_column))
        (then
          (local.set $at
            (i32.shl
              (i32.add (i32.mul (local.get $row) (global.get $columns)) (local.get $column))
              (i32.const 2)))
          ;; Not f32.convert_i32_s: on x86 it depends on the previous value of its register, so it
          ;; waits for the end of the previous row, and rendering takes three times as long.
          (local.set $x
            (f32.sub
              (f32.add
                (f32x4.extract_lane 0 (f32x4.convert_i32x4_s (i32x4.splat (local.get $column))))
                (f32.const 0.5))
              (local.get $x1)))
          (local.set $across
            (f32x4.sub
              (f32x4.splat
                (f32.sub
                  (f32.mul (local.get $y) (local.get $cos))
                  (f32.mul (local.get $x) (local.get $sin))))
              (f32x4.mul (f32x4.splat (local.get $sin)) (v128.const f32x4 0 1 2 3))))
          (local.set $along
            (f32.add
              (f32.mul (local.get $x) (local.get $cos))
              (f32.mul (local.get $y) (local.get $sin))))
          (loop $next_four
            (local.set $is_end
              (i32.or
                (f32.lt (local.get $along) (local.get $reach))
                (f32.gt (local.get $along) (local.get $near_end))))
            (if (i32.gt_u (local.get $is_faint) (local.get $is_end))
              (then
                (v128.store (local.get $at)
                  (i8x16.sub_sat_u
                    (v128.load (local.get $at))
                    (v128.and
                      (local.get $missing)
                      (f32x4.lt
                        (f32x4.abs (local.get $across))
                        (f32x4.splat (local.get $core)))))))
              (else
                (local.set $inside
                  (f32x4.sub (f32x4.splat (local.get $radius)) (f32x4.abs (local.get $across))))
                (local.set $depth
                  (f32x4.sub (local.get $reaches) (f32x4.abs (local.get $inside))))
                (local.set $coverage
                  (call $share
                    (local.get $inside)
                    (call $smaller_share
                      (local.get $depth)
                      (local.get $shorters) (local.get $slant) (local.get $height))))
                (if (local.get $is_thin)
                  (then
                    ;; Subtract the area beyond the other side.
                    (local.set $coverage
                      (f32x4.sub (local.get $coverage)
                        (call $smaller_share
                          (f32x4.sub
                            (f32x4.sub (local.get $reaches) (f32x4.splat (local.get $radius)))
                            (f32x4.abs (local.get $across)))
                          (local.get $shorters) (local.get $slant) (local.get $height))))))
                (if (local.get $is_end)
                  (then
                    (local.set $inside
                      (f32x4.add (f32x4.splat (local.get $along))
                        (f32x4.mul (f32x4.splat (local.get $cos)) (v128.const f32x4 0 1 2 3))))
                    (local.set $inside
                      (f32x4.pmin (local.get $inside)
                        (f32x4.sub (f32x4.splat (local.get $length)) (local.get $inside))))
                    (local.set $coverage
                      (f32x4.mul
                        (f32x4.mul
                          (local.get $coverage)
                          (f32x4.splat (f32.div (f32.const 1) (f32.const 255))))
                        (call $share
                          (local.get $inside)
                          (call $smaller_share
                            (f32x4.sub (local.get $reaches) (f32x4.abs (local.get $inside)))
                            (local.get $shorters) (local.get $slant) (local.get $height)))))))
                ;; Round the coverage and add one: above 2 to the 23rd, a float32 has no fraction.
                (local.set $parts
                  (v128.and (v128.const i32x4 511 511 511 511)
                    (f32x4.add (v128.const f32x4 8388609 8388609 8388609 8388609)
                      (local.get $coverage))))
                ;; Like the canvas, keep fractions where a side cuts two pixels of a row into triangles,
                ;; and round down where it cuts one pixel or more than two.
                (v128.store (local.get $at)
                  (call $over
                    (v128.load (local.get $at))
                    (local.get $red_blue) (local.get $green_alpha) (local.get $parts)
                    (v128.or
                      (v128.const i32x4 0xff00ff00 0xff00ff00 0xff00ff00 0xff00ff00)
                      (v128.and
                        (f32x4.lt (local.get $depth) (local.get $shorters))
                        (f32x4.ge
                          (local.get $depth)
                          (f32x4.splat (f32.sub (local.get $cos) (f32.const 16))))))))))
            (local.set $across
              (f32x4.sub (local.get $across)
                (f32x4.splat (f32.mul (f32.const 4) (local.get $sin)))))
            (local.set $along
              (f32.add (local.get $along) (f32.mul (f32.const 4) (local.get $cos))))
            (local.set $at (i32.add (local.get $at) (i32.const 16)))
            (local.set $column (i32.add (local.get $column) (i32.const 4)))
            (br_if $next_four (i32.lt_s (local.get $column) (local.get $last_column))))))
      (local.set $y (f32.add (local.get $y) (f32.const 1)))
      (local.set $from (i32.add (local.get $from) (local.get $from_step)))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $next_row (i32.lt_s (local.get $row) (local.get $last_row))))))
