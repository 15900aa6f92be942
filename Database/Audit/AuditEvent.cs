using System.Security.Cryptography;
using System.Text.Json;

namespace Database.Audit;

/// <summary>The id of an audit event.</summary>
public readonly record struct AuditEventId(string Value) : IId<AuditEventId>
{
    /// <inheritdoc/>
    public static string Prefix => "aud";

    /// <inheritdoc/>
    public static AuditEventId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>One thing that was done: who, for whom, from where, what, and how it was before and is now. Ids in words of the rows.</summary>
/// <param name="Action">The room and the act, e.g. <c>servers.delete</c>.</param>
public sealed record AuditEvent(string Action)
{
    /// <summary>The account it concerns; null for a person's own affairs and the house's.</summary>
    public string? AccountId { get; init; }

    /// <summary>Who did it; null for the house itself. Taken from <see cref="AuditSource"/> when it is not said.</summary>
    public string? PersonId { get; init; }

    /// <summary>The staff access or approval in whose name it was done.</summary>
    public string? OnBehalfOf { get; init; }

    /// <summary>The OpenID client whose token was used; null in the browser.</summary>
    public string? ClientId { get; init; }

    /// <summary>The id of what it was done to.</summary>
    public string? Resource { get; init; }

    /// <summary>Whose particulars <see cref="Before"/> and <see cref="After"/> are, when not those of <see cref="PersonId"/>: erased with theirs.</summary>
    public string? About { get; init; }

    /// <summary>The request's address, or null for work in the background.</summary>
    public string? Ip { get; init; }

    /// <summary>The browser or program.</summary>
    public string? UserAgent { get; init; }

    /// <summary>What changed, before; no secrets.</summary>
    public object? Before { get; init; }

    /// <summary>What changed, after; no secrets.</summary>
    public object? After { get; init; }

    /// <summary>Why, in the words of whoever did it.</summary>
    public string? Reason { get; init; }
}

/// <summary>What of an event is readable only with the key of the person it is about.</summary>
public sealed record AuditParticulars(string? Ip, string? UserAgent, string? Reason, JsonElement? Before, JsonElement? After);

/// <summary>Writes audit events, in the transaction of what they tell of.</summary>
public static class RecordEvent
{
    private const int PersonalBytes = 64 * 1024;

    internal static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web);

    /// <summary>Writes the event down; it is sealed into its account's chain a moment later.</summary>
    public static async Task Record(this Tx tx, AuditEvent told, DateTimeOffset now)
    {
        var done = AuditSource.Complete(told);
        var id = Id.New<AuditEventId>(now);
        var subject = AuditKeys.SubjectOf(done, now);
        var personal = Particulars(done) is { } plain && await tx.Keys.ForWriting(tx, subject, now) is { } key
            ? AuditKeys.Seal(key, id, plain)
            : null;
        await tx.Execute(Sql.Add, new
        {
            Id = id,
            done.AccountId,
            done.PersonId,
            done.OnBehalfOf,
            done.ClientId,
            done.Action,
            done.Resource,
            KeySubject = subject,
            Personal = personal,
            PayloadHash = HashOf(personal),
            Now = now,
        });
        await tx.Execute(Sql.AddPending, new { EventId = id, Chain = done.AccountId ?? SealAudit.House });
    }

    /// <summary>Over the encrypted bytes: over the plain ones it would tell a guessed address from a wrong guess after erasure.</summary>
    internal static string HashOf(byte[]? personal) => Convert.ToHexStringLower(SHA256.HashData(personal ?? []));

    private static byte[]? Particulars(AuditEvent done)
    {
        if (done is { Ip: null, UserAgent: null, Reason: null, Before: null, After: null }) return null;
        var plain = JsonSerializer.SerializeToUtf8Bytes(new { done.Ip, done.UserAgent, done.Reason, done.Before, done.After }, Json);
        return plain.Length <= PersonalBytes
            ? plain
            : JsonSerializer.SerializeToUtf8Bytes(new { done.Ip, done.UserAgent, done.Reason }, Json);
    }

    internal static class Sql
    {
        public const string Add = """
            insert into AuditEvent (Id, AccountId, PersonId, OnBehalfOf, ClientId, Action, Resource, KeySubject, Personal, PayloadHash,
                HappenedAt)
            values (@Id, @AccountId, @PersonId, @OnBehalfOf, @ClientId, @Action, @Resource, @KeySubject, @Personal, @PayloadHash, @Now)
            """;

        public const string AddPending = "insert into AuditPending (EventId, Chain) values (@EventId, @Chain)";
    }
}
