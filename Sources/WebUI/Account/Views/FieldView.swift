/// One field of a form.
package struct FieldView: Sendable {
    /// One choice of a field that offers several.
    package struct Option: Sendable {
        let value: String
        let label: String
        let hint: String?
        let isChosen: Bool
        /// The element's id; the form sets it.
        var id = ""

        /// Describes a choice.
        package init(_ value: String, _ label: String, hint: String? = nil, isChosen: Bool = false) {
            self.value = value
            self.label = label
            self.hint = hint
            self.isChosen = isChosen
        }
    }

    let name: String
    let label: String
    /// The input's type; nil where it is no input.
    let input: String?
    let isInput: Bool
    let value: String
    let hint: String?
    let autocomplete: String
    let inputmode: String?
    let limit: String
    let isRequired: Bool
    let isArea: Bool
    let isHidden: Bool
    let isSelect: Bool
    /// `checkbox` or `radio`, where the choices are boxes.
    let boxes: String?
    let isBoxes: Bool
    var options: [Option]
    /// The element's id; the form sets it.
    var id = ""

    private init(
        name: String, label: String, input: String? = nil, value: String = "", hint: String? = nil,
        autocomplete: String = "off", inputmode: String? = nil, limit: Int = 256, isRequired: Bool = false,
        isArea: Bool = false, isHidden: Bool = false, isSelect: Bool = false, boxes: String? = nil,
        options: [Option] = []
    ) {
        self.name = name
        self.label = label
        self.input = input
        isInput = input != nil
        self.value = value
        self.hint = hint
        self.autocomplete = autocomplete
        self.inputmode = inputmode
        self.limit = String(limit)
        self.isRequired = isRequired
        self.isArea = isArea
        self.isHidden = isHidden
        self.isSelect = isSelect
        self.boxes = boxes
        isBoxes = boxes != nil
        self.options = options
    }

    /// A line of text.
    package static func text(
        _ name: String, _ label: String, value: String = "", hint: String? = nil, type: String = "text",
        autocomplete: String = "off", inputmode: String? = nil, limit: Int = 256, isRequired: Bool = true
    ) -> FieldView {
        FieldView(
            name: name, label: label, input: type, value: value, hint: hint, autocomplete: autocomplete,
            inputmode: inputmode, limit: limit, isRequired: isRequired)
    }

    /// A password; never filled in.
    package static func password(
        _ name: String, _ label: String, hint: String? = nil, autocomplete: String = "current-password"
    ) -> FieldView {
        FieldView(
            name: name, label: label, input: "password", hint: hint, autocomplete: autocomplete, limit: 1024,
            isRequired: true)
    }

    /// A code of six digits, or one from paper.
    package static func code(_ name: String, _ label: String, hint: String? = nil, digits: Bool = true) -> FieldView {
        FieldView(
            name: name, label: label, input: "text", hint: hint, autocomplete: digits ? "one-time-code" : "off",
            inputmode: digits ? "numeric" : nil, limit: 64, isRequired: true)
    }

    /// Several lines of text.
    package static func area(
        _ name: String, _ label: String, value: String = "", hint: String? = nil, limit: Int = 2000,
        isRequired: Bool = false
    ) -> FieldView {
        FieldView(
            name: name, label: label, value: value, hint: hint, limit: limit, isRequired: isRequired, isArea: true)
    }

    /// What the form carries without showing it.
    package static func hidden(_ name: String, _ value: String) -> FieldView {
        FieldView(name: name, label: "", value: value, isHidden: true)
    }

    /// One choice of several, in a list that opens.
    package static func select(_ name: String, _ label: String, _ options: [Option], hint: String? = nil) -> FieldView {
        FieldView(name: name, label: label, hint: hint, isSelect: true, options: options)
    }

    /// Any of several.
    package static func checkboxes(
        _ name: String, _ label: String, _ options: [Option], hint: String? = nil
    ) -> FieldView {
        FieldView(name: name, label: label, hint: hint, boxes: "checkbox", options: options)
    }

    /// One choice of several, all in sight.
    package static func radios(_ name: String, _ label: String, _ options: [Option], hint: String? = nil) -> FieldView {
        FieldView(name: name, label: label, hint: hint, boxes: "radio", options: options)
    }

    /// The same field with an element id.
    func placed(in form: String) -> FieldView {
        var field = self
        field.id = "\(form)-\(name)"
        for index in field.options.indices { field.options[index].id = "\(field.id)-\(index + 1)" }
        return field
    }
}
