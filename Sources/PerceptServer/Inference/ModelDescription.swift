import PerceptImages
import PerceptModels

/// What the Open Inference Protocol tells of a model.
struct ModelDescription: Encodable {
  /// A tensor; -1 stands for any number of pictures.
  struct Tensor: Encodable {
    let name: String
    let datatype: String
    let shape: [Int]
  }

  /// What a client needs besides to send features, and to read probabilities.
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
