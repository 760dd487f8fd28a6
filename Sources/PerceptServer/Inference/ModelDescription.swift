import PerceptFeatures
import PerceptImages
import PerceptModels

/// The metadata of a model in the Open Inference Protocol.
struct ModelDescription: Encodable {
  /// A tensor. A dimension of -1 is the number of images.
  struct Tensor: Encodable {
    let name: String
    let datatype: String
    let shape: [Int]
  }

  /// The information that a client needs in addition to send features and to interpret probabilities.
  struct Parameters: Encodable {
    let classes: [String]
    let height: Int
    let width: Int
    let channels: Int
  }

  let name: String
  let versions: [String]
  let platform = "percept_safetensors"
  let inputs: [Tensor]
  let outputs: [Tensor]
  let parameters: Parameters

  init(_ model: ServedModel) {
    let (classifier, preprocessing) = (model.classifier, model.classifier.preprocessing)
    name = model.name
    versions = [model.version]
    inputs = [Tensor(name: InputImages.inputName, datatype: InferenceRequest.Datatype.bytes.rawValue, shape: [-1])]
    outputs = OutputTensor.Name.allCases.map { name in
      let shape = [-1] + (name == .probabilities ? [classifier.classNames.count] : [])
      return Tensor(name: name.rawValue, datatype: name.datatype, shape: shape)
    }
    parameters = Parameters(
      classes: classifier.classNames, height: preprocessing.size.height, width: preprocessing.size.width,
      channels: preprocessing.color.channelCount)
  }
}
