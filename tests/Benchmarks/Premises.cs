using Database;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Portal;
using Portal.Access;
using Portal.Accounts;
using Portal.Catalogue;
using Portal.Identity;
using Portal.Identity.Sessions;

namespace Benchmarks;

/// <summary>
/// A database with the catalogue and one customer in a folder of its own, and the portal's own code to fill it. The hosts that are
/// measured run as processes of their own with <see cref="Settings"/>.
/// </summary>
internal sealed class Premises : IAsyncDisposable
{
    public const string SshKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEprI0VDsLW0O5TxbU3OzJhqKOZ9WZeGWgtltkjYREnz asha@laptop";
    private readonly WebApplication portal;

    private Premises(string folder, WebApplication portal, SignedIn customer)
    {
        (Folder, this.portal, Customer) = (folder, portal, customer);
        Db = portal.Services.GetRequiredService<Db>();
    }

    public string Folder { get; }

    public string File => FileIn(Folder);

    public Db Db { get; }

    public SignedIn Customer { get; }

    /// <summary>Configuration of a host as a process, in the environment.</summary>
    public Dictionary<string, string?> Settings => new()
    {
        ["Database__File"] = File,
        ["Database__Objects__Folder"] = Path.Combine(Folder, "objects"),
        ["Database__Objects__MasterKeyFile"] = Path.Combine(Folder, "objects.key"),
        ["Portal__Mail__Folder"] = Path.Combine(Folder, "mail"),
        ["Logging__LogLevel__Default"] = "Warning",
        ["DOTNET_TieredPGO"] = "1",
    };

    public T Get<T>()
        where T : notnull => portal.Services.GetRequiredService<T>();

    /// <param name="imageAlias">What the hypervisor calls every image.</param>
    /// <param name="settings">More configuration, <c>Billing:Payments:Razorpay:BaseUrl=…</c>.</param>
    public static async Task<Premises> Open(string? imageAlias = null, params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("portal-bench-").FullName;
        var portal = PortalHost.Build(
        [
            "--environment=Development",
            $"--contentRoot={ContentRoot()}",
            $"--Database:File={FileIn(folder)}",
            $"--Database:Objects:Folder={Path.Combine(folder, "objects")}",
            $"--Database:Objects:MasterKeyFile={Path.Combine(folder, "objects.key")}",
            $"--Portal:Mail:Folder={Path.Combine(folder, "mail")}",
            "--Logging:LogLevel:Default=Warning",
            .. settings.Select(setting => $"--{setting}"),
        ]);
        await portal.Services.GetRequiredService<Migrator>().Migrate();
        var now = DateTimeOffset.UtcNow;
        var (person, account) = (Id.New<PersonId>(now), Id.New<AccountId>(now));
        await portal.Services.GetRequiredService<Db>().Write(async tx =>
        {
            var aliases = imageAlias is null ? null : CatalogueSeed.Images.ToDictionary(image => image.Code, _ => imageAlias);
            await CatalogueSeed.Run(tx, now.AddMinutes(-1), aliases, available: 10_000);
            await tx.Execute(Sql.Person, new { Id = person, Now = now });
            await tx.Execute(Sql.Account, new { Id = account, Now = now });
            await tx.Execute(Sql.Member, new { AccountId = account, PersonId = person, Now = now });
            await GiveAccess.Run(tx, account, new NewGrant(person.Value, Roles.Owner, AccessScope.Whole), by: null, giver: null, now);
            await tx.Execute(Sql.Profile, new { Id = $"bpr{account.Value[3..]}", AccountId = account, PersonId = person, Now = now });
        });
        return new Premises(folder, portal, new SignedIn(person, account, "owner", "", "Asha Rao", null) { Email = "asha@example.in" });
    }

    /// <summary>Opens a browser's session; the cookie to send.</summary>
    public async Task<string> SignIn()
    {
        var now = DateTimeOffset.UtcNow;
        var secret = Secrets.New();
        await Db.Write(tx => PortalSession.Start(
            tx, Customer.PersonId, Customer.AccountId, "127.0.0.1", "bench", null, Portal.Identity.Factors.Proof.Password(now), now.AddHours(1), secret, now));
        return $"{SessionHandler.Cookie}={secret}";
    }

    /// <summary>A copy of the database as it is now, complete in its one file.</summary>
    public string CopyDatabase(string name)
    {
        var copy = Path.Combine(Folder, name);
        using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = File, Pooling = false }.ToString()))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "vacuum into $copy";
            command.Parameters.AddWithValue("$copy", copy);
            command.ExecuteNonQuery();
        }

        return copy;
    }

    /// <summary>The folder of the sources, where the portal's pages and settings lie.</summary>
    private static string ContentRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder.FullName, "Portal.sln"))) folder = folder.Parent;
        return Path.Combine(folder?.FullName ?? throw new DirectoryNotFoundException("The benchmarks do not lie below Portal.sln."), "Portal");
    }

    private static string FileIn(string folder) => Path.Combine(folder, "portal.db");

    public async ValueTask DisposeAsync()
    {
        await portal.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    internal static class Sql
    {
        public const string Person = """
            insert into Person (Id, Email, EmailLower, FullName, EmailConfirmedAt, CreatedAt)
            values (@Id, 'asha@example.in', 'asha@example.in', 'Asha Rao', @Now, @Now)
            """;

        public const string Account = "insert into Account (Id, Name, State, CreatedAt) values (@Id, 'Asha Traders', 'active', @Now)";

        public const string Member = """
            insert into AccountMember (AccountId, PersonId, Role, CreatedAt)
            values (@AccountId, @PersonId, 'owner', @Now)
            """;

        public const string Profile = """
            insert into BillingProfile (Id, AccountId, Version, LegalName, IsSez, StateCode, Address1, City, Pin, Mobile, Purpose,
                CreatedAt, CreatedBy)
            values (@Id, @AccountId, 1, 'Asha Rao', 0, '29', '1 MG Road', 'Bengaluru', '560001', '+919000000000', 'Web site',
                @Now, @PersonId)
            """;
    }
}
