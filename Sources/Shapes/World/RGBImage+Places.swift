internal import Foundation
package import Imaging
package import RAFT

/// Changes that move pixels.
extension RGBImage {
  /// Without the details below `factor` pixels, 1 and up.
  package func blurred(by factor: Double) -> RGBImage {
    let (width, height) = (self.width, self.height)
    let small = (max(1, Int(Double(width) / factor)), max(1, Int(Double(height) / factor)))
    return resized(width: small.0, height: small.1, filter: .bilinear)
      .resized(width: width, height: height, filter: .bicubic)
  }

  /// A part whose edge is `1 − share` of the whole's, at one of the picture's sides, enlarged.
  package func cutOff(share: Double, using random: inout SplitMix64) -> RGBImage {
    let kept = Float(1 - share)
    // One of both places is at an end, so that something at the other end goes.
    var (x, y) = (Float(random.unit()), Float(random.unit()))
    if random.index(below: 2) == 0 { x = x.rounded() } else { y = y.rounded() }
    let (left, top) = (x * (1 - kept) * Float(width), y * (1 - kept) * Float(height))
    let region = Region(
      left: left, top: top, right: min(left + kept * Float(width), Float(width)),
      bottom: min(top + kept * Float(height), Float(height)))
    return resized(width: width, height: height, filter: .bilinear, region: region)
  }

  /// `count` by `count` small copies, the whole shifted around its edges by half of a copy at most.
  package func tiled(_ count: Int, using random: inout SplitMix64) -> RGBImage {
    let small = resized(
      width: max(1, width / count), height: max(1, height / count), filter: .bilinear)
    let (dx, dy) = (random.index(below: small.width), random.index(below: small.height))
    let isShifted = random.index(below: 2) == 0
    return rearranged { x, y in
      let (dx, dy) = isShifted ? (dx, dy) : (0, 0)
      return small[(x + dx) % small.width, (y + dy) % small.height]
    }
  }

  /// The picture with `copies` squares of it once more in other places.
  package func cluttered(copies: Int, using random: inout SplitMix64) -> RGBImage {
    var result = pixels
    for _ in 0..<copies {
      let edge = max(1, Int(Double(min(width, height)) * (0.25 + 0.3 * random.unit())))
      let from = (random.index(below: width - edge + 1), random.index(below: height - edge + 1))
      let to = (random.index(below: width - edge + 1), random.index(below: height - edge + 1))
      for row in 0..<edge {
        let source = 3 * ((from.1 + row) * width + from.0)
        let target = 3 * ((to.1 + row) * width + to.0)
        result.replaceSubrange(
          target..<target + 3 * edge, with: pixels[source..<source + 3 * edge])
      }
    }
    return RGBImage(width: width, height: height, pixels: result)
  }

  /// The picture on a cloth with waves `share` of its edge high.
  package func warped(by share: Double, using random: inout SplitMix64) -> RGBImage {
    func wave(_ random: inout SplitMix64) -> (frequency: Double, phase: Double) {
      ((1.5 + 3 * random.unit()) * 2 * Double.pi, 2 * Double.pi * random.unit())
    }
    let waves = [wave(&random), wave(&random), wave(&random), wave(&random)]
    let (w, h) = (Double(width), Double(height))
    return rearranged { x, y in
      let (u, v) = (Double(x) / w, Double(y) / h)
      func lift(_ first: Int, _ a: Double, _ b: Double) -> Double {
        share * 0.5
          * (sin(waves[first].frequency * a + waves[first].phase)
            + sin(waves[first + 1].frequency * b + waves[first + 1].phase))
      }
      let (dx, dy) = (lift(0, v, u), lift(2, u, v))
      return self[
        min(max(Int((u + dx) * w), 0), width - 1), min(max(Int((v + dy) * h), 0), height - 1)]
    }
  }

  /// The mean of the picture and of itself, shifted by `share` of its edge.
  package func doubled(by share: Double, using random: inout SplitMix64) -> RGBImage {
    let angle = 2 * Double.pi * random.unit()
    let dx = Int((share * Double(width) * cos(angle)).rounded())
    let dy = Int((share * Double(height) * sin(angle)).rounded())
    return rearranged { x, y in
      let (here, there) = (
        self[x, y], self[min(max(x + dx, 0), width - 1), min(max(y + dy, 0), height - 1)]
      )
      func mean(_ a: UInt8, _ b: UInt8) -> UInt8 { UInt8((Int(a) + Int(b)) / 2) }
      return Colour(
        mean(here.red, there.red), mean(here.green, there.green), mean(here.blue, there.blue))
    }
  }

  /// `count` discs, each of the colour of a pixel of the picture.
  package func blotched(count: Int, using random: inout SplitMix64) -> RGBImage {
    typealias Disc = (x: Double, y: Double, radius: Double, color: Colour)
    let edge = Double(min(width, height))
    let discs: [Disc] = (0..<count).map { _ in
      let color = self[random.index(below: width), random.index(below: height)]
      return (
        random.unit() * Double(width), random.unit() * Double(height),
        edge * (0.03 + 0.09 * random.unit()), color
      )
    }
    return rearranged { x, y in
      let disc = discs.last { hypot(Double(x) - $0.x, Double(y) - $0.y) < $0.radius }
      return disc?.color ?? self[x, y]
    }
  }

  /// The picture whose pixel at each place `color` tells.
  private func rearranged(_ color: (_ x: Int, _ y: Int) -> Colour) -> RGBImage {
    var result: [UInt8] = []
    result.reserveCapacity(pixels.count)
    for y in 0..<height {
      for x in 0..<width {
        let color = color(x, y)
        result += [color.red, color.green, color.blue]
      }
    }
    return RGBImage(width: width, height: height, pixels: result)
  }
}
