/// The sizes of a linear or convolutional layer, which an adapter on it must match.
public struct LayerGeometry: Sendable, Hashable {
  /// A convolution's window.
  public struct Window: Sendable, Hashable {
    /// Height and width of the kernel.
    public let kernel: Int

    /// Pixels between two windows.
    public let stride: Int

    /// Rows and columns of zeros around the image.
    public let padding: Int

    package init(kernel: Int, stride: Int = 1, padding: Int = 0) {
      self.kernel = kernel
      self.stride = stride
      self.padding = padding
    }
  }

  /// Features or channels that go in.
  public let input: Int

  /// Features or channels that come out.
  public let output: Int

  /// The window of what diffusers has as a convolution; nil for a linear layer.
  public let window: Window?

  package init(input: Int, output: Int, window: Window? = nil) {
    self.input = input
    self.output = output
    self.window = window
  }

  /// Whether the layer is one product a position: linear, or a convolution that sees one pixel.
  public var isPointwise: Bool { (window?.kernel ?? 1) == 1 }

  /// The shape of the layer's weight as diffusers stores it: `[out, in]` or `[out, in, kh, kw]`.
  public var weightShape: [Int] { [output, input] + kernelShape }

  /// The shape of an adapter's first factor, A or "down": `[r, in]` or `[r, in, kh, kw]`.
  public func downShape(rank: Int) -> [Int] { [rank, input] + kernelShape }

  /// The shape of an adapter's second factor, B or "up": `[out, r]` or `[out, r, 1, 1]`.
  public func upShape(rank: Int) -> [Int] { [output, rank] + (window == nil ? [] : [1, 1]) }

  private var kernelShape: [Int] { window.map { [$0.kernel, $0.kernel] } ?? [] }
}
