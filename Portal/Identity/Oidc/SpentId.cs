using Database;

namespace Portal.Identity.Oidc;

/// <summary>
/// Ids that are good once (client assertions, DPoP proofs) or no more (access tokens that were taken back). A row is kept until what
/// carried the id has expired anyway.
/// </summary>
internal static class SpentId
{
    /// <summary>False when it was spent before, by any portal of the deployment.</summary>
    public static async Task<bool> Spend(Tx tx, string idHash, DateTimeOffset expiresAt) =>
        await tx.Execute(Sql.Spend, new { IdHash = idHash, ExpiresAt = expiresAt }) == 1;

    public static string OfAssertion(string clientId, string jti) => Secrets.Hash($"assertion\n{clientId}\n{jti}");

    public static string OfProof(string thumbprint, string jti) => Secrets.Hash($"dpop\n{thumbprint}\n{jti}");

    public static string OfAccessToken(string jti) => Secrets.Hash($"access\n{jti}");

    internal static class Sql
    {
        public const string Spend = """
            insert into SpentId (IdHash, ExpiresAt)
            select @IdHash, @ExpiresAt
            where not exists (select 1 from SpentId where IdHash = @IdHash)
            """;

        public const string Forget = "delete from SpentId where ExpiresAt < @Before";
    }
}
