namespace Portal.Identity.Factors;

/// <summary>Recovery codes at the one time that they are shown.</summary>
internal sealed record ShownCodes(IReadOnlyList<string> Codes, string? ReturnTo)
{
    public string Next => string.IsNullOrEmpty(ReturnTo) ? SecurityModel.Path : Texts.LocalPath(ReturnTo);
}
