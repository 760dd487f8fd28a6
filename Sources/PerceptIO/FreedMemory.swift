import CPerceptMalloc

/// Memory that has been freed and that the process keeps for later allocations.
package enum FreedMemory {
  /// From this size on, in bytes, freed memory is returned: 1 MiB.
  private static let threshold: Int32 = 1 << 20

  /// Returns large blocks to the system when they are freed. Without this, glibc raises the size of blocks that it returns to
  /// that of the largest freed block, up to 32 MiB, and the heap of each thread keeps the size of its largest image. For
  /// programs that run for a long time.
  package static func returnToSystem() {
    mallopt(M_MMAP_THRESHOLD, threshold)
    mallopt(M_TRIM_THRESHOLD, threshold)
  }
}
