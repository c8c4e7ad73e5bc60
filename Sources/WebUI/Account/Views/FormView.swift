package import HTTPSupport

/// A form with its token.
package struct FormView: Sendable {
    /// What the browser's WebAuthn is asked for.
    package enum Ceremony: String, Sendable {
        case create, get
    }

    let action: String
    let tokenField: String
    let token: String
    let fields: [FieldView]
    let submit: String
    /// What the button acts on, for those who do not see the row that it stands in.
    let subject: String?
    /// What will happen, said before the button.
    let effect: String?
    let isDanger: Bool
    let isInline: Bool
    let ceremony: String?
    /// The options of the ceremony as JSON.
    let options: String?

    /// Describes a form that is sent to `action`.
    ///
    /// `id` tells the elements of several forms of a page apart.
    package init(
        _ action: String, token: FormToken, id: String = "form", _ fields: [FieldView] = [], submit: String,
        subject: String? = nil, effect: String? = nil, isDanger: Bool = false, isInline: Bool = false,
        ceremony: Ceremony? = nil, options: String? = nil
    ) {
        self.action = action
        self.tokenField = FormToken.field
        self.token = token.token(for: action)
        self.fields = fields.map { $0.placed(in: id) }
        self.submit = submit
        self.subject = subject
        self.effect = effect
        self.isDanger = isDanger
        self.isInline = isInline
        self.ceremony = ceremony?.rawValue
        self.options = options
    }
}
