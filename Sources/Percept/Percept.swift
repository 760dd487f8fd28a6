@_exported public import Classification
@_exported public import Datasets
@_exported public import Files
@_exported public import Images
@_exported public import LinearAlgebra
@_exported public import NeuralNetworks
@_exported public import Training
