namespace Testing;

/// <summary>
/// The rules of others that a test shows, by their ids in <c>tests/House.Tests/OpenIdRules.txt</c>. The table in Portal/Identity/CONFORMANCE.md is
/// written from these marks.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ShowsAttribute(params string[] rules) : Attribute
{
    public IReadOnlyList<string> Rules { get; } = rules;
}
