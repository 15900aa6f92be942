using System.Buffers.Text;
using Database;
using Microsoft.AspNetCore.Identity;

namespace Portal.Identity.Factors;

internal readonly record struct PasskeyId(string Value) : IId<PasskeyId>
{
    public static string Prefix => "psk";

    public static PasskeyId From(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>A passkey (WebAuthn Level 3): the public half of a key that the person's device or password manager holds.</summary>
internal sealed record Passkey
{
    /// <summary>More than anybody has devices; keeps the lists in the pages and in the browser's question short.</summary>
    public const int Most = 20;

    public PasskeyId Id { get; init; }

    public PersonId PersonId { get; init; }

    public string CredentialId { get; init; } = "";

    public string PublicKey { get; init; } = "";

    public long SignCount { get; init; }

    public string Transports { get; init; } = "";

    public bool IsBackupEligible { get; init; }

    public bool IsBackedUp { get; init; }

    public string Name { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }

    // attestation is not asked for, so there is none to keep
    public UserPasskeyInfo Info => new(
        Base64Url.DecodeFromChars(CredentialId), Base64Url.DecodeFromChars(PublicKey), CreatedAt, (uint)SignCount,
        Transports.Split(' ', StringSplitOptions.RemoveEmptyEntries), isUserVerified: true, IsBackupEligible, IsBackedUp, [], [])
    {
        Name = Name,
    };

    /// <summary>A credential id may be 1023 bytes long and is case-sensitive; the index is on its hash.</summary>
    public static string HashOf(byte[] credentialId) => Secrets.Hash(Base64Url.EncodeToString(credentialId));

    public static Task<IReadOnlyList<Passkey>> Of(Db db, PersonId person) => db.Query<Passkey>(Sql.Of, new { PersonId = person });

    public static Task<Passkey?> ByCredential(Db db, byte[] credentialId) =>
        db.One<Passkey>(Sql.ByCredential, new { CredentialHash = HashOf(credentialId) });

    /// <summary>The new passkey's id, or null when it is known already or there are too many.</summary>
    public static async Task<PasskeyId?> Add(Tx tx, PersonId person, UserPasskeyInfo info, string name, DateTimeOffset now)
    {
        var id = Database.Id.New<PasskeyId>(now);
        var added = await tx.Execute(Sql.Add, new
        {
            Id = id,
            PersonId = person,
            CredentialHash = HashOf(info.CredentialId),
            CredentialId = Base64Url.EncodeToString(info.CredentialId),
            PublicKey = Base64Url.EncodeToString(info.PublicKey),
            SignCount = (long)info.SignCount,
            Transports = Texts.Cut(string.Join(' ', info.Transports ?? []), 100),
            info.IsBackupEligible,
            info.IsBackedUp,
            Name = name,
            Now = now,
            Most,
        });
        return added == 1 ? id : null;
    }

    /// <summary>
    /// Writes the use down. False when the question that was answered is older than the last use: an answer that was sent before is
    /// worth nothing.
    /// </summary>
    public static async Task<bool> Use(Tx tx, UserPasskeyInfo info, DateTimeOffset askedAt, DateTimeOffset now) => await tx.Execute(Sql.Use, new
    {
        CredentialHash = HashOf(info.CredentialId),
        SignCount = (long)info.SignCount,
        info.IsBackedUp,
        AskedAt = askedAt,
        Now = now,
    }) == 1;

    public static async Task<bool> Rename(Tx tx, PersonId person, PasskeyId id, string name) =>
        await tx.Execute(Sql.Rename, new { Id = id, PersonId = person, Name = name }) == 1;

    public static async Task<bool> Remove(Tx tx, PersonId person, PasskeyId id) =>
        await tx.Execute(Sql.Remove, new { Id = id, PersonId = person }) == 1;

    internal static class Sql
    {
        private const string Columns =
            "Id, PersonId, CredentialId, PublicKey, SignCount, Transports, IsBackupEligible, IsBackedUp, Name, CreatedAt, LastUsedAt";

        public const string Of = $"select {Columns} from Passkey where PersonId = @PersonId order by CreatedAt, Id";

        public const string ByCredential = $"select {Columns} from Passkey where CredentialHash = @CredentialHash";

        public const string Add = """
            insert into Passkey (Id, PersonId, CredentialHash, CredentialId, PublicKey, SignCount, Transports, IsBackupEligible, IsBackedUp,
                Name, CreatedAt)
            select @Id, @PersonId, @CredentialHash, @CredentialId, @PublicKey, @SignCount, @Transports, @IsBackupEligible, @IsBackedUp,
                @Name, @Now
            where not exists (select 1 from Passkey where CredentialHash = @CredentialHash)
                and (select count(*) from Passkey where PersonId = @PersonId) < @Most
            """;

        public const string Use = """
            update Passkey
            set SignCount = @SignCount, IsBackedUp = @IsBackedUp, LastUsedAt = @Now
            where CredentialHash = @CredentialHash
                and (LastUsedAt is null or LastUsedAt < @AskedAt)
            """;

        public const string Rename = "update Passkey set Name = @Name where Id = @Id and PersonId = @PersonId";

        public const string Remove = "delete from Passkey where Id = @Id and PersonId = @PersonId";
    }
}
