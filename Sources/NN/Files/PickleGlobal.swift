internal import Files
import Torch

/// A Python object that a pickle asks for by module and name.
///
/// Nothing is ever imported or called. A few names have a meaning that is built in; the rest are
/// only remembered, and those that run programs are refused on sight.
package struct PickleGlobal: Sendable, Hashable, CustomStringConvertible {
  package let module: String
  package let name: String

  package init(module: String, name: String) {
    self.module = module
    self.name = name
  }

  package var description: String { "\(module).\(name)".printable }

  /// What calling the object means to us.
  enum Role {
    case orderedDictionary
    case tensor
    case typedTensor
    case parameter
    case size
    case wrapped
    case unknown
  }

  var role: Role {
    switch (module, name) {
    case ("collections", "OrderedDict"): .orderedDictionary
    case ("torch._utils", "_rebuild_tensor_v2"): .tensor
    case ("torch._utils", "_rebuild_tensor_v3"): .typedTensor
    case ("torch._utils", "_rebuild_parameter"),
      ("torch._utils", "_rebuild_parameter_with_state"):
      .parameter
    case ("torch", "Size"): .size
    case ("torch._tensor", "_rebuild_from_type_v2"): .wrapped
    default: .unknown
    }
  }

  /// What one element of a storage of this class is: nil for a class that is no storage,
  /// `.bytes` for one whose tensors say their type themselves.
  var storage: PickledStorage.Element? {
    guard module == "torch" || module == "torch.storage" else { return nil }
    return switch name {
    case "DoubleStorage": .typed(.float64)
    case "FloatStorage": .typed(.float32)
    case "HalfStorage": .typed(.float16)
    case "BFloat16Storage": .typed(.bfloat16)
    case "LongStorage": .typed(.int64)
    case "IntStorage": .typed(.int32)
    case "ShortStorage": .typed(.int16)
    case "CharStorage": .typed(.int8)
    case "ByteStorage": .typed(.uint8)
    case "BoolStorage": .typed(.bool)
    case "UntypedStorage": .bytes
    default: nil
    }
  }

  /// The type that `torch.float8_e4m3fn` and its like name.
  var dtype: DType? {
    guard module == "torch" else { return nil }
    return switch name {
    case "float64": .float64
    case "float32": .float32
    case "float16": .float16
    case "bfloat16": .bfloat16
    case "float8_e4m3fn": .float8E4M3
    case "float8_e5m2": .float8E5M2
    case "int64": .int64
    case "int32": .int32
    case "int16": .int16
    case "int8": .int8
    case "uint8": .uint8
    case "bool": .bool
    default: nil
    }
  }

  /// Whether no weights file has an honest use for the object: it runs programs, loads code,
  /// opens files or connections. `getattr` is not among them: Lightning's callbacks are pickled
  /// through it, and here it does nothing.
  package var isDangerous: Bool {
    let root = module.split(separator: ".").first.map(String.init) ?? module
    if Self.dangerousModules.contains(root) { return true }
    return ["builtins", "__builtin__"].contains(module) && Self.dangerousBuiltins.contains(name)
  }

  private static let dangerousModules: Set<String> = [
    "os", "posix", "nt", "subprocess", "sys", "shutil", "socket", "importlib", "imp", "runpy",
    "pty", "commands", "popen2", "ctypes", "webbrowser", "pickle", "_pickle", "cPickle",
    "marshal", "code", "codeop", "pdb", "bdb", "timeit", "cProfile", "profile",
    "urllib", "urllib2", "http", "httplib", "requests", "ftplib", "smtplib", "asyncio",
    "multiprocessing", "pip", "pydoc", "platform",
  ]

  private static let dangerousBuiltins: Set<String> = [
    "eval", "exec", "execfile", "compile", "__import__", "open", "file", "breakpoint", "input",
    "globals", "locals", "setattr", "delattr", "apply", "exit", "quit",
  ]
}
