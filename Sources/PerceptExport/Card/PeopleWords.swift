/// Words for people in the names of classes: words for persons and groups, ages, genders, origins, and emotions.
enum PeopleWords {
  // Words that usually name other things, such as colors, are left out.
  private static let words: Set<String> = [
    "adult", "adults", "african", "angry", "arab", "asian", "babies", "baby", "boy", "boys", "caucasian",
    "child", "children", "criminal", "customer", "customers", "disgust", "elderly", "emotion", "employee",
    "employees", "ethnicity", "face", "faces", "fear", "female", "females", "gender", "girl", "girls",
    "happy", "hispanic", "human", "humans", "infant", "infants", "kid", "kids", "ladies", "lady", "latino",
    "male", "males", "man", "men", "patient", "patients", "pedestrian", "pedestrians", "people", "person",
    "persons", "sad", "selfie", "smile", "smiling", "student", "students", "surprise", "teen", "teenager",
    "teenagers", "teens", "toddler", "woman", "women",
  ]

  /// Whether a name contains a word for people, in any case, between characters that are not letters.
  static func occur(in name: String) -> Bool {
    name.lowercased().split { !$0.isLetter }.contains { words.contains(String($0)) }
  }
}
