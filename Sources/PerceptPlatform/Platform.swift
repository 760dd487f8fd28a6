import CPerceptPlatform

/// What differs between operating systems. Percept runs on Linux; the branches for macOS are not tested.
package enum Platform {
  /// The arguments of the process, beginning with its name. Unlike `CommandLine.arguments` of a program with a static
  /// standard library, they do not depend on `/proc`.
  package static var arguments: [String] {
    var count: Int32 = 0
    guard let arguments = cplatform_arguments(&count) else { return CommandLine.arguments }
    return (0..<Int(count)).compactMap { arguments[$0].map { String(cString: $0) } }
  }
}

// MARK: - Files

extension Platform {
  /// Creates a file without a name for ``link(_:at:)`` in a folder, which disappears if the process is killed. Returns its
  /// descriptor; -1 if the system or the file system cannot do that.
  package static func openUnnamedFile(inFolder folder: String, permissions: mode_t) -> Int32 {
    #if os(Linux)
      let temporary = 0o20_000_000 | O_DIRECTORY  // O_TMPFILE
      return access("/proc/self/fd", X_OK) == 0 ? open(folder, O_RDWR | temporary | O_CLOEXEC, permissions) : -1
    #else
      return -1
    #endif
  }

  /// Gives a file of ``openUnnamedFile(inFolder:permissions:)`` a name. Returns false with `errno` set if that fails.
  package static func link(_ descriptor: Int32, at path: String) -> Bool {
    linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0
  }

  /// Creates an empty file without a name in memory, or in `/tmp` if the system has no files in memory. Returns its descriptor;
  /// -1 with `errno` set if that fails.
  package static func openMemoryFile() -> Int32 { cplatform_memory_file() }

  /// Creates an empty file without a name in a folder. Returns its descriptor; -1 with `errno` set if that fails.
  package static func openTemporaryFile(inFolder folder: String) -> Int32 { cplatform_temporary_file(folder) }

  /// Reserves space on the disk for the first `size` bytes of a file. Returns whether there is enough.
  package static func reserve(_ size: Int, of descriptor: Int32) -> Bool {
    #if canImport(Darwin)
      var wanted = fstore_t(
        fst_flags: UInt32(F_ALLOCATEALL), fst_posmode: F_PEOFPOSMODE, fst_offset: 0, fst_length: off_t(size),
        fst_bytesalloc: 0)
      return fcntl(descriptor, F_PREALLOCATE, &wanted) != -1 && ftruncate(descriptor, off_t(size)) == 0
    #else
      while true {
        let result = posix_fallocate(descriptor, 0, off_t(size))
        if result != EINTR { return result == 0 }
      }
    #endif
  }

  /// Returns the modification time (`mtime`) of a file.
  package static func modificationTime(_ status: stat) -> timespec {
    #if canImport(Darwin)
      status.st_mtimespec
    #else
      status.st_mtim
    #endif
  }

  /// Returns the status change time (`ctime`) of a file.
  package static func statusChangeTime(_ status: stat) -> timespec {
    #if canImport(Darwin)
      status.st_ctimespec
    #else
      status.st_ctim
    #endif
  }

  /// The time of the clock that file systems use for timestamps.
  package static var fileSystemTime: timespec {
    var time = timespec()
    #if os(Linux)
      clock_gettime(CLOCK_REALTIME_COARSE, &time)
    #else
      clock_gettime(CLOCK_REALTIME, &time)
    #endif
    return time
  }

  /// The folder that lists the open files of this process by their descriptors.
  package static var descriptorFolder: String {
    #if os(Linux)
      "/proc/self/fd"
    #else
      "/dev/fd"
    #endif
  }

  /// The errors of this system alone whose reason is the path, such as that of an encrypted folder without its key.
  package static var errorsOfPaths: Set<Int32> {
    #if os(Linux)
      [ENOKEY]
    #else
      []
    #endif
  }
}

// MARK: - Limits

extension Platform {
  package enum Resource {
    /// The number of open files.
    case openFiles
    /// The size of a file in bytes.
    case fileSize
  }

  /// The limit of a resource for this process; nil if it cannot be read.
  package static func limit(of resource: Resource) -> rlimit? {
    var limit = rlimit()
    return getrlimit(resource.identifier, &limit) == 0 ? limit : nil
  }

  package static func setLimit(of resource: Resource, to limit: rlimit) {
    var limit = limit
    setrlimit(resource.identifier, &limit)
  }
}

extension Platform.Resource {
  #if canImport(Glibc)
    fileprivate var identifier: __rlimit_resource_t {
      switch self {
      case .openFiles: __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
      case .fileSize: __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
      }
    }
  #else
    fileprivate var identifier: Int32 {
      switch self {
      case .openFiles: RLIMIT_NOFILE
      case .fileSize: RLIMIT_FSIZE
      }
    }
  #endif
}

// MARK: - Processors and memory

extension Platform {
  /// The set of processors that the system allows this process to use, as hexadecimal digits; nil if it is unknown.
  package static var allowedProcessors: String? {
    let lines = contents(ofSystemFile: "/proc/self/status")?.split(separator: "\n") ?? []
    return lines.first { $0.hasPrefix("Cpus_allowed:") }.map { String($0.drop { $0 != "\t" }.dropFirst()) }
  }

  /// The resident memory of this process in bytes; nil if it is unknown.
  package static var residentBytes: Int? {
    // The second number is in pages.
    let numbers = contents(ofSystemFile: "/proc/self/statm")?.split(separator: " ") ?? []
    guard numbers.count > 1, let pages = Int(numbers[1]) else { return nil }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }

  /// Asks for huge pages in `size` bytes of mapped memory where whole ones fit: fewer TLB misses when all are traversed.
  package static func useHugePages(_ start: UnsafeMutableRawPointer, size: Int) {
    #if os(Linux)
      let page = 1 << 21
      let first = start.alignedUp(toMultipleOf: page)
      let whole = (start + size - first) / page * page
      if whole > 0 { madvise(first, whole, MADV_HUGEPAGE) }
    #endif
  }

  /// Returns freed blocks of at least 1 MiB to the system. Without this, glibc raises the size of blocks that it returns to
  /// that of the largest freed block, up to 32 MiB, and the heap of each thread keeps the size of its largest image. For
  /// programs that run for a long time.
  package static func returnFreedMemory() { cplatform_return_freed_memory(1 << 20) }

  /// The content of a file of the kernel, which has no size; nil if it cannot be read.
  private static func contents(ofSystemFile path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var content: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = fread(&part, 1, part.count, file)
      if count == 0 { return String(decoding: content, as: UTF8.self) }
      content += part[..<count]
    }
  }
}

// MARK: - Signals

extension Platform {
  /// Returns whether this process ignores a signal, as SIGINT in the background of a shell script.
  package static func isIgnored(_ signal: Int32) -> Bool {
    var action = sigaction()
    sigaction(signal, nil, &action)
    return unsafeBitCast(action.handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Calls `handler` at the first signal of this kind; the second one ends the process.
  package static func handleOnce(_ signal: Int32, _ handler: @convention(c) (Int32) -> Void) {
    var action = sigaction()
    action.handler = handler
    action.sa_flags = Int32(SA_RESTART) | Int32(bitPattern: UInt32(SA_RESETHAND))
    sigaction(signal, &action, nil)
  }
}

extension sigaction {
  fileprivate var handler: (@convention(c) (Int32) -> Void)? {
    get {
      #if canImport(Darwin)
        __sigaction_u.__sa_handler
      #elseif canImport(Musl)
        __sa_handler.sa_handler
      #else
        __sigaction_handler.sa_handler
      #endif
    }
    set {
      #if canImport(Darwin)
        __sigaction_u.__sa_handler = newValue
      #elseif canImport(Musl)
        __sa_handler.sa_handler = newValue
      #else
        __sigaction_handler.sa_handler = newValue
      #endif
    }
  }
}
