"""What the base holds in the forms that strangers read. Each form is a room of its own, loaded when it is asked for."""

from samtaler_kg.exports.forms import FORMS, Files, Form, export, form_named

__all__ = ["FORMS", "Files", "Form", "export", "form_named"]
