internal import CImaging

/// The one door to CImaging: a call's status and message become a thrown error.
enum CodecCall {
  /// Runs `call` with a message buffer.
  ///
  /// - Parameters:
  ///   - name: what messages call the file.
  ///   - format: "PNG" or "JPEG".
  ///   - call: the C function with everything but the buffer filled in.
  static func run(
    _ name: String, _ format: String, _ call: (UnsafeMutablePointer<CChar>) -> cimaging_status
  ) throws {
    var status = CIMAGING_OK
    let text = String(unsafeUninitializedCapacity: Int(CIMAGING_MESSAGE_SIZE)) { buffer in
      buffer.withMemoryRebound(to: CChar.self) { chars in
        guard let start = chars.baseAddress else { return 0 }
        start[0] = 0
        status = call(start)
        return chars.firstIndex(of: 0) ?? 0
      }
    }
    switch status {
    case CIMAGING_OK: return
    case CIMAGING_TRUNCATED: throw ImagingError.truncated(source: name, format: format)
    case CIMAGING_NO_MEMORY: throw ImagingError.outOfMemory(source: name)
    default: throw ImagingError.damaged(source: name, format: format, detail: text)
    }
  }

  /// Decodes into an image, once the announced size is known and allowed.
  static func decode(
    _ bytes: [UInt8], named name: String, format: String, maximalPixels: Int,
    size: (
      UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>,
      UnsafeMutablePointer<CChar>
    ) -> cimaging_status,
    pixels decode: (
      UnsafePointer<UInt8>?, Int, UInt32, UInt32, UnsafeMutablePointer<UInt8>?,
      UnsafeMutablePointer<CChar>
    ) -> cimaging_status
  ) throws -> RGBImage {
    var (width, height): (UInt32, UInt32) = (0, 0)
    try run(name, format) { size(bytes, bytes.count, &width, &height, $0) }
    let (count, overflows) = Int(width).multipliedReportingOverflow(by: Int(height))
    guard !overflows, count <= maximalPixels, count > 0 else {
      throw ImagingError.tooLarge(
        source: name, width: Int(width), height: Int(height), limit: maximalPixels)
    }
    let pixels = try [UInt8](unsafeUninitializedCapacity: 3 * count) { buffer, initialized in
      let start = buffer.baseAddress
      try run(name, format) { decode(bytes, bytes.count, width, height, start, $0) }
      initialized = 3 * count
    }
    return RGBImage(width: Int(width), height: Int(height), pixels: pixels)
  }

  /// Encodes, and takes over what the library allocated.
  static func encode(
    _ format: String,
    _ call: (UnsafeMutablePointer<cimaging_bytes>, UnsafeMutablePointer<CChar>) -> cimaging_status
  ) throws -> [UInt8] {
    var result = cimaging_bytes()
    do {
      try run("this image", format) { call(&result, $0) }
    } catch ImagingError.damaged(_, _, let detail) {
      throw ImagingError.notEncodable(format: format, detail: detail)
    }
    defer { cimaging_free(result) }
    return Array(UnsafeBufferPointer(start: result.data, count: result.count))
  }
}
