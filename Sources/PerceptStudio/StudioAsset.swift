import CPerceptStudioPage
import HTTPTypes
import Hummingbird
import NIOCore

/// The static files of the page: style sheet and scripts, embedded in the program.
enum StudioAsset {
  static func named(_ name: String) -> Response? {
    let assets = (0..<cpercept_asset_count).map(cpercept_asset_at)
    guard let asset = assets.first(where: { String(cString: $0.name) == name }) else { return nil }
    let type = name.hasSuffix(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8"
    return Response(
      status: .ok, headers: [.contentType: type, .cacheControl: "no-cache"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: UnsafeBufferPointer(start: asset.bytes, count: asset.count))))
  }
}
