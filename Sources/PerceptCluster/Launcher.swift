import PerceptPlatform

/// The program that has started the processes of a cluster, by the variables that it sets.
package struct Launcher: Equatable {
  /// The number of processes on this host; nil if it is unknown.
  package let local: Int?

  /// Returns nil if this process was started alone. Throws ``ClusterError/otherLauncher(_:)`` if a launcher has started
  /// several processes that cannot find each other with Open MPI.
  package init?(_ environment: (String) -> String?) throws(ClusterError) {
    func number(_ name: String) -> Int? { environment(name).flatMap(Int.init) }
    let local = number("OMPI_COMM_WORLD_LOCAL_SIZE")
    if let count = number("OMPI_COMM_WORLD_SIZE") {
      guard count > 1 else { return nil }
    } else if let count = number("SLURM_STEP_NUM_TASKS"), count > 1 {
      guard environment("PMIX_RANK") != nil else { throw .otherLauncher("srun without --mpi=pmix") }
    } else if let count = number("PMI_SIZE") {
      guard count > 1 else { return nil }
      throw .otherLauncher("the launcher of another MPI, such as MPICH")
    } else {
      return nil
    }
    self.local = local
  }

  /// The launcher of this process.
  static func current() throws(ClusterError) -> Launcher? {
    try Launcher { name in getenv(name).map { String(cString: $0) } }
  }
}
