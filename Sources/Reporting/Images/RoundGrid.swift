package import Imaging
package import RAFT

/// A round at a glance: a row a prompt, and of its samples the best, the median and the worst, each
/// with its reward.
package struct RoundGrid: Sendable, Equatable {
  /// A sample of the round.
  package struct Entry: Sendable, Equatable {
    /// Which one.
    package let address: SampleAddress
    /// What it is a sample of.
    package let prompt: String
    /// Its reward; nil where it is excluded.
    package let reward: Double?
    /// Whether it was learned from.
    package let isSelected: Bool

    /// A sample and its reward.
    package init(
      _ address: SampleAddress, of prompt: String, reward: Double?, isSelected: Bool = false
    ) {
      self.address = address
      self.prompt = prompt
      self.reward = reward
      self.isSelected = isSelected
    }
  }

  /// A prompt and what is shown of it.
  struct Row: Sendable, Equatable {
    let prompt: String
    /// The best, the median and the worst; nil where there are too few.
    let entries: [Entry?]
  }

  /// What stands above everything.
  package let title: String

  let rows: [Row]

  /// Chooses what is shown.
  ///
  /// - Parameters:
  ///   - title: what stands above everything.
  ///   - entries: the round's samples in any order; those without a reward are not shown.
  ///   - maximalRows: the most prompts, the first ones.
  package init(_ title: String, _ entries: [Entry], maximalRows: Int = 24) {
    let byPrompt = Dictionary(grouping: entries, by: \.address.prompt)
    let shown = byPrompt.keys.sorted().prefix(max(maximalRows, 1))
    self.title =
      shown.count < byPrompt.count
      ? "\(title) (the first \(shown.count) of \(byPrompt.count) prompts)" : title
    rows = shown.map { prompt in
      let all = byPrompt[prompt] ?? []
      // The best first; ties go by the address, as in selection.
      let ranked = all.compactMap { entry in entry.reward.map { (entry, $0) } }
        .sorted { ($1.1, $0.0.address) < ($0.1, $1.0.address) }.map(\.0)
      return Row(
        prompt: all.first?.prompt ?? "",
        entries: [
          ranked.first, ranked.count > 2 ? ranked[ranked.count / 2] : nil,
          ranked.count > 1 ? ranked.last : nil,
        ])
    }
  }

  /// The sheet.
  ///
  /// - Parameter image: the image of a sample; nil leaves a grey cell.
  package func grid(_ image: (SampleAddress) throws -> RGBImage?) rethrows -> ImageGrid {
    ImageGrid(
      title: title, columns: ["best", "median", "worst"],
      rows: try rows.map { row in
        ImageGrid.Row(
          caption: row.prompt,
          images: try row.entries.map { entry in try entry.flatMap { try image($0.address) } },
          labels: row.entries.map { $0?.label ?? "" })
      })
  }
}

extension RoundGrid.Entry {
  /// `5.21`, or `5.21 selected`.
  fileprivate var label: String {
    let reward = reward.map(NumberText.short) ?? ""
    return isSelected ? "\(reward) selected" : reward
  }
}
