// The Percept library: re-exports all of its modules.
@_exported public import PerceptCluster
@_exported public import PerceptDataQuality
@_exported public import PerceptDatasets
@_exported public import PerceptExport
@_exported public import PerceptFeatures
@_exported public import PerceptFigures
@_exported public import PerceptIO
@_exported public import PerceptImages
@_exported public import PerceptInterpretation
@_exported public import PerceptLinearAlgebra
@_exported public import PerceptModels
@_exported public import PerceptTraining
