import Foundation

/// Why the system would not let a file be read or written, whatever is in it.
///
/// The first value of every case is the file's path as the caller gave it.
public enum FileError: Error, Equatable, CustomStringConvertible {
  // Reading.
  /// There is nothing at that path.
  case missing(String)
  /// There is a folder.
  case folder(String)
  /// There is a file without a byte.
  case empty(String)
  /// The file is above the limit, both in bytes.
  case tooLarge(String, count: Int, limit: Int)
  /// The file cannot be opened or read for another reason.
  case unreadable(String, reason: String)

  // Writing.
  /// The folder to write into is not there.
  case missingFolder(String, folder: String)
  /// The folder to write into does not allow it.
  case unwritableFolder(String, folder: String)
  /// The disk is full.
  case diskFull(String)
  /// The user's share of the disk is full.
  case quotaFull(String)
  /// There is a folder where the file should go.
  case folderInPlace(String)
  /// The file cannot be written for another reason.
  case unwritable(String, reason: String)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .missing(let file): "\(file) does not exist; check the path"
    case .folder(let file): "\(file) is a folder, not a file; name a file in it"
    case .empty(let file): "\(file) is empty; download it again"
    case .tooLarge(let file, let count, let limit):
      "\(file) has \(count) bytes, and at most \(limit) of such a file are read; "
        + "is it the right file?"
    case .unreadable(let file, let reason): "\(file) cannot be read: \(reason)"
    case .missingFolder(let file, let folder):
      "\(file) cannot be written: there is no folder \(folder); create it first"
    case .unwritableFolder(let file, let folder):
      "\(file) cannot be written: the folder \(folder) is not writable; "
        + "choose another or change its permissions"
    case .diskFull(let file):
      "\(file) cannot be written: the disk is full; free some space or choose another folder"
    case .quotaFull(let file):
      "\(file) cannot be written: your disk quota is used up; "
        + "free some space or choose another folder"
    case .folderInPlace(let file):
      "\(file) cannot be written: there is a folder of that name; choose another name"
    case .unwritable(let file, let reason): "\(file) cannot be written: \(reason)"
    }
  }

  /// The error for a system call that failed with `code` while `file` was opened or read.
  static func reading(_ file: String, _ code: Int32) -> FileError {
    switch code {
    case ENOENT, ENOTDIR: .missing(file)
    case EISDIR: .folder(file)
    default: .unreadable(file, reason: reason(code))
    }
  }

  /// The error for a system call that failed with `code` while `file` was written into `folder`.
  static func writing(_ file: String, in folder: String, _ code: Int32) -> FileError {
    switch code {
    case ENOENT: .missingFolder(file, folder: folder)
    case EACCES, EPERM, EROFS: .unwritableFolder(file, folder: folder)
    case ENOSPC: .diskFull(file)
    case EDQUOT: .quotaFull(file)
    case EISDIR: .folderInPlace(file)
    default: .unwritable(file, reason: reason(code))
    }
  }

  /// What the system's error `code` means, in our words where it is a common one.
  private static func reason(_ code: Int32) -> String {
    switch code {
    case EACCES, EPERM: "permission denied"
    case ENOTDIR: "a part of the path is not a folder"
    case EMFILE, ENFILE: "too many files are open"
    case ENAMETOOLONG: "the name is too long"
    default: String(cString: strerror(code))
    }
  }
}
