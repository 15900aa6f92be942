namespace Portal.Access;

/// <summary>What somebody may do in an account. A permission is given by a role, on a scope; the code is the room and the act.</summary>
public static class Permissions
{
    /// <summary>See servers, their state and what was done to them.</summary>
    public const string ServersRead = "servers.read";

    /// <summary>Order servers.</summary>
    public const string ServersOrder = "servers.order";

    /// <summary>Start, stop and restart.</summary>
    public const string ServersPower = "servers.power";

    /// <summary>Give a server another name, tags or a team.</summary>
    public const string ServersRename = "servers.rename";

    /// <summary>Delete a server, and bring it back while its shield lasts.</summary>
    public const string ServersDelete = "servers.delete";

    /// <summary>See backups.</summary>
    public const string BackupsRead = "backups.read";

    /// <summary>Take a backup now.</summary>
    public const string BackupsTake = "backups.take";

    /// <summary>Restore a backup, in place or as a new server.</summary>
    public const string BackupsRestore = "backups.restore";

    /// <summary>See invoices, credit notes, the statement and the credit balance.</summary>
    public const string BillingRead = "billing.read";

    /// <summary>Pay orders.</summary>
    public const string BillingPay = "billing.pay";

    /// <summary>Change billing details: legal name, GSTIN, PAN, address.</summary>
    public const string BillingEdit = "billing.edit";

    /// <summary>See who belongs to the account and what they may do.</summary>
    public const string TeamRead = "team.read";

    /// <summary>Invite and remove people, give and take roles, change teams.</summary>
    public const string TeamManage = "team.manage";

    /// <summary>Decide what others may only request.</summary>
    public const string ApprovalsDecide = "approvals.decide";

    /// <summary>Make and revoke API tokens, service accounts and applications of the account.</summary>
    public const string TokensManage = "tokens.manage";

    /// <summary>Read and export the account's audit events.</summary>
    public const string AuditRead = "audit.read";

    /// <summary>Change the account itself: its name, company sign-in, required second factor.</summary>
    public const string AccountManage = "account.manage";

    /// <summary>File complaints and read one's own.</summary>
    public const string GrievancesFile = "grievances.file";

    /// <summary>Read all complaints of the account.</summary>
    public const string GrievancesRead = "grievances.read";
}
