/// An error that prevents processes from working together.
package enum ClusterError: Error, Equatable, CustomStringConvertible {
  /// A launcher that does not belong to Open MPI has started several processes.
  case otherLauncher(String)
  /// Open MPI has started several processes, but its library is not installed.
  case noLibrary
  /// Open MPI has reported an error.
  case failed(String)
  /// Hosts run different versions of the program. Each host is listed with its version.
  case otherVersions([String])
  /// The mathematical functions of two hosts round differently.
  case otherArithmetic(hosts: [String])
  /// A host sees other files than the first host.
  case otherFiles(host: String, first: String, difference: String)
  /// A host cannot read or classify an image that the first host can.
  case unreadable(host: String, first: String, reason: String)

  /// Whether all ranks have the error, because they have compared what they found.
  package var isCommon: Bool {
    switch self {
    case .otherVersions, .otherArithmetic, .otherFiles: true
    case .otherLauncher, .noLibrary, .failed, .unreadable: false
    }
  }

  package var description: String {
    switch self {
    case .otherLauncher(let name):
      "several processes were started by \(name), but percept needs Open MPI; use its mpirun, or srun --mpi=pmix"
    case .noLibrary:
      "mpirun has started several processes, but libmpi.so.40 of Open MPI 3 or later was not found (Debian: apt install "
        + "openmpi-bin)"
    case .failed(let text): "communication between the processes failed: \(text)"
    case .otherVersions(let versions):
      "hosts have different versions of percept (\(versions.joined(separator: ", "))); install the same one on all hosts"
    case .otherArithmetic(let hosts):
      "mathematical functions have different last digits on \(hosts.joined(separator: " and ")), so the model would depend on "
        + "the hosts; use hosts with the same processors and C library, or set GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA"
    case .otherFiles(let host, let first, let difference):
      "\(host) and \(first) see different data: \(difference); make the same files available on all hosts"
    case .unreadable(let host, let first, let reason):
      "\(host) cannot classify an image that \(first) can: \(reason)"
    }
  }
}
