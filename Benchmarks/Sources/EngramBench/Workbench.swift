/// What all scenarios of a `run` work with: the servers, the texts, the options.
@ClientLoop
final class Workbench: Servers {
    /// A store that one scenario leaves for another.
    struct Stock {
        let directory: DataDirectory
        let memories: Int
    }

    let options: RunOptions
    let texts: Texts
    let fileLimit: Int
    /// What `growth` stored, for `restart`.
    var stock: Stock?

    init(options: RunOptions, texts: Texts, fileLimit: Int) {
        self.options = options
        self.texts = texts
        self.fileLimit = fileLimit
        super.init(options: options.server)
    }

    override func isStock(_ directory: DataDirectory) -> Bool { stock?.directory == directory }
}
