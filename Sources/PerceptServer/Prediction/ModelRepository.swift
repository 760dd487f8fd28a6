import PerceptModels
import Synchronization

/// The models that are served. They can be read anew while requests are answered: who has taken one keeps it.
package final class ModelRepository: Sendable {
  /// Where a model is, and the name by which requests ask for it.
  package struct Place: Sendable {
    package let name: String
    package let file: String

    package init(name: String, file: String) { (self.name, self.file) = (name, file) }
  }

  private let places: [Place]
  private let current: Mutex<[ServedModel]>

  /// Models that stay as they are.
  package init(_ models: [ServedModel]) {
    places = []
    current = Mutex(models)
  }

  /// Models in files.
  ///
  /// - Parameter places: at least one, by different names.
  /// - Throws: why one cannot be read.
  package init(reading places: [Place]) throws {
    self.places = places
    current = Mutex(try places.map { ServedModel(name: $0.name, classifier: try Classifier(contentsOf: $0.file)) })
  }

  /// The models as they are now, in the order in which they were given.
  package var models: [ServedModel] { current.withLock { $0 } }

  /// Reads every file anew. A model whose file is gone or broken stays what it was.
  ///
  /// - Parameter report: is told of each model, with the reason why it stays.
  package func reload(report: (Place, (any Error)?) -> Void) {
    for place in places {
      do {
        let model = ServedModel(name: place.name, classifier: try Classifier(contentsOf: place.file))
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
