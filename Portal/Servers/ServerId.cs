using Database;

namespace Portal.Servers;

/// <summary>The id of a server; made when it is ordered, so that every name outside derives from it.</summary>
public readonly record struct ServerId(string Value) : IId<ServerId>
{
    /// <inheritdoc/>
    public static string Prefix => "srv";

    /// <inheritdoc/>
    public static ServerId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
