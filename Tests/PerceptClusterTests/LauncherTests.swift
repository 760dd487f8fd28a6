import PerceptCluster
import Testing

@Suite("Launchers of clusters")
struct LauncherTests {
  private func launcher(_ variables: [String: String]) throws(ClusterError) -> Launcher? {
    try Launcher { variables[$0] }
  }

  @Test("a process that was started alone has no launcher")
  func alone() throws {
    #expect(try launcher([:]) == nil)
    #expect(try launcher(["OMPI_COMM_WORLD_SIZE": "1", "OMPI_COMM_WORLD_LOCAL_SIZE": "1"]) == nil)
    #expect(try launcher(["PMI_SIZE": "1"]) == nil)
    // A batch script of Slurm, which is not a step of several tasks.
    #expect(try launcher(["SLURM_NTASKS": "4", "SLURM_PROCID": "0"]) == nil)
    #expect(try launcher(["SLURM_NTASKS": "4", "SLURM_STEP_NUM_TASKS": "1"]) == nil)
  }

  @Test("mpirun and srun with PMIx start clusters")
  func clusters() throws {
    #expect(try launcher(["OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_LOCAL_SIZE": "2"])?.local == 2)
    let slurm = try #require(try launcher(["SLURM_STEP_NUM_TASKS": "4", "PMIX_RANK": "3"]))
    #expect(slurm.local == nil)
  }

  @Test("launchers that do not belong to Open MPI are refused by name")
  func others() {
    #expect(throws: ClusterError.otherLauncher("the launcher of another MPI, such as MPICH")) {
      try launcher(["PMI_SIZE": "2", "PMI_RANK": "0"])
    }
    #expect(throws: ClusterError.otherLauncher("srun without --mpi=pmix")) {
      try launcher(["SLURM_STEP_NUM_TASKS": "2"])
    }
  }
}
