import PerceptFeatures
import PerceptModels
import Synchronization

/// The models of a server. They can be reloaded while requests are answered: requests in flight keep the old model.
package final class ModelRepository: Sendable {
  package struct Place: Sendable {
    package let name: String
    package let file: String

    package init(name: String, file: String) { (self.name, self.file) = (name, file) }
  }

  private let places: [Place]
  private let current: Mutex<[ServedModel]>

  /// The models are not reloaded.
  package init(_ models: [ServedModel]) {
    places = []
    current = Mutex(models)
  }

  /// Reads at least one file; the names must be unique. Throws the error of the first file that cannot be read.
  package init(reading places: [Place]) throws {
    self.places = places
    current = Mutex(try places.map(Self.model))
  }

  /// Reads a model. Opens its backbone, so that the first request does not wait for it and cannot fail because of it.
  private static func model(_ place: Place) throws -> ServedModel {
    let classifier = try Classifier(contentsOf: place.file)
    try classifier.preprocessing.warmUp()
    return ServedModel(name: place.name, classifier: classifier)
  }

  /// In the order in which they were given.
  package var models: [ServedModel] { current.withLock { $0 } }

  /// Reads all files again and reports each. If one is missing or invalid, the server keeps its old model.
  package func reload(report: (Place, (any Error)?) -> Void) {
    for place in places {
      do {
        let model = try Self.model(place)
        current.withLock { models in
          models = models.map { $0.name == place.name ? model : $0 }
        }
        report(place, nil)
      } catch {
        report(place, error)
      }
    }
  }
}
